using System.Text;
using BenchmarkDotNet.Attributes;
using Newtonsoft.Json.Linq;
using Qmp.Protocol.Json;

namespace Qmp.Benchmarks.Parts;

/// <summary>Reading and writing JSON in QMP's dialect: the reply to <c>query-qmp-schema</c>, about 100 KiB.</summary>
[MemoryDiagnoser]
[InProcess]
public class JsonParts
{
    private byte[] _text = [];
    private JToken _value = new JArray();

    [GlobalSetup]
    public async Task SetUpAsync()
    {
        await using Testing.TestVm vm = await Testing.TestVm.StartAsync("-S").ConfigureAwait(false);
        await using Client.QmpConnection qmp = await vm.ConnectAsync().ConfigureAwait(false);
        _value = await qmp.ExecuteRawAsync("query-qmp-schema").ConfigureAwait(false);
        _text = Encoding.UTF8.GetBytes(_value.ToString(Newtonsoft.Json.Formatting.None));
    }

    [Benchmark]
    public JToken Read()
    {
        using var reader = new QmpJsonReader(_text);
        return JToken.Load(reader);
    }

    [Benchmark]
    public int Write()
    {
        using var output = new ByteBuffer();
        using var writer = new QmpJsonWriter(output);
        _value.WriteTo(writer);
        return output.Length;
    }

    [Benchmark(Baseline = true)]
    public JToken ReadWithNewtonsoft()
    {
        using var reader = new Newtonsoft.Json.JsonTextReader(new StreamReader(new MemoryStream(_text)));
        return JToken.Load(reader);
    }
}
