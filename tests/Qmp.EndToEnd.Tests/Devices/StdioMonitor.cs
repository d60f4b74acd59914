using System.Diagnostics;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using Qmp.EndToEnd.Tests.Interop;
using Qmp.Interop.Emulators;

namespace Qmp.EndToEnd.Tests.Devices;

/// <summary>An emulator with just the options that a test names, and a monitor on its standard streams.</summary>
internal sealed class StdioMonitor : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;

    private StdioMonitor(Process process) => _process = process;

    /// <summary>Starts one whose guest does not run.</summary>
    public static async Task<StdioMonitor> StartAsync(EmulatorKind kind, params string[] words)
    {
        Requirement.Check(kind);
        var monitor = new StdioMonitor(Process.Start(new ProcessStartInfo(EmulatorPrograms.PathOf(kind), [.. words, "-display", "none", "-qmp", "stdio"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!);
        Assert.That(await monitor.LineAsync(), Does.ContainKey("QMP"));
        await monitor.AskAsync("qmp_capabilities");
        return monitor;
    }

    /// <summary>What a command returns.</summary>
    public async Task<JToken> AskAsync(string command, JObject? arguments = null)
    {
        JObject reply = await ReplyAsync(command, arguments);
        return reply["return"] ?? throw new AssertionException($"{command}: {reply}");
    }

    /// <summary>Why a command is refused.</summary>
    public async Task<string?> RefusalAsync(string command, JObject? arguments = null) =>
        (string?)(await ReplyAsync(command, arguments))["error"]?["desc"];

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task<JObject> ReplyAsync(string command, JObject? arguments)
    {
        var request = new JObject { ["execute"] = command };
        if (arguments is not null) request["arguments"] = arguments;
        await _process.StandardInput.WriteLineAsync(request.ToString(Formatting.None));
        await _process.StandardInput.FlushAsync();
        while (true)
        {
            JObject line = await LineAsync();
            if (line["event"] is null) return line;
        }
    }

    private async Task<JObject> LineAsync() =>
        JObject.Parse(await _process.StandardOutput.ReadLineAsync().WaitAsync(Patience) ?? throw new AssertionException("The emulator has ended"));
}
