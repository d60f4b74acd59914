using Newtonsoft.Json.Linq;
using Qmp.Client;
using Qmp.Testing;

namespace Qmp.EndToEnd.Tests.CommandLine;

/// <summary>An emulator in this process, and a client of its monitor that takes arguments as text.</summary>
internal sealed class InProcess : IAsyncDisposable
{
    private static readonly QmpClientOptions Options = new() { CommandTimeout = TimeSpan.FromSeconds(20) };

    private readonly TestVm _vm;
    private readonly QmpConnection _client;

    private InProcess(TestVm vm, QmpConnection client)
    {
        _vm = vm;
        _client = client;
    }

    /// <summary>Starts an emulator and negotiates.</summary>
    public static async Task<InProcess> StartAsync(params string[] words)
    {
        TestVm vm = await TestVm.StartAsync(["-S", .. words]);
        return new InProcess(vm, await vm.ConnectAsync(Options));
    }

    /// <summary>The text of <c>desc</c> in the answer to a command.</summary>
    public Task<string> RefusalAsync(string command, string arguments) =>
        _client.RefusalAsync(command, JObject.Parse(arguments));

    /// <summary>The result of a command.</summary>
    public async Task<JToken> ResultAsync(string command, string? arguments = null) =>
        await _client.ExecuteRawAsync(command, arguments is null ? null : JObject.Parse(arguments));

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        await _vm.DisposeAsync();
    }
}
