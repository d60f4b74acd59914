using System.Text;
using Newtonsoft.Json.Linq;
using Qmp.Protocol.Json;
using Qmp.Protocol.Messages;
using Qmp.Protocol.Visitors;

namespace Qapi.Tests.Generators;

/// <summary>Generated readers and writers between text and values.</summary>
internal static class Wire
{
    public static JToken Parse(string json) => JToken.ReadFrom(new QmpJsonReader(Encoding.UTF8.GetBytes(json)));

    public static T Read<T>(ValueReader<T> reader, string json, bool tolerant = false, CompatPolicy? policy = null)
    {
        var visitor = new JsonInputVisitor(tolerant, policy);
        visitor.Reset(Parse(json));
        return reader(visitor, null);
    }

    public static string Write<T>(ValueWriter<T> writer, T value, CompatPolicy? policy = null)
    {
        using var bytes = new ByteBuffer();
        writer(new JsonOutputVisitor(bytes, policy: policy), default, value);
        return Encoding.UTF8.GetString(bytes.Span);
    }

    /// <summary>The text as QEMU would print it, without any schema.</summary>
    public static string Sorted(string json) =>
        Write<JToken>((visitor, name, value) => visitor.WriteAny(name, value), Parse(json));

    /// <summary>What reading says; fails the test if it says nothing.</summary>
    public static string Error<T>(ValueReader<T> reader, string json, CompatPolicy? policy = null) =>
        Assert.Throws<VisitorException>(() => Read(reader, json, policy: policy))!.Message;
}
