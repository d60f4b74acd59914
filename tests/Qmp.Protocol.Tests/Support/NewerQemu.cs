using System.Diagnostics;
using System.Text;

namespace Qmp.Protocol.Tests.Support;

/// <summary>A QEMU of version 11.1, its monitor on standard input and output.</summary>
internal sealed class NewerQemu : IAsyncDisposable
{
    private const string Variable = "QMP_QEMU_11_1";
    private const string Version = "version 11.1.";

    private readonly Process _process;

    private NewerQemu(string program) => _process = Start(
        program, "-M", "none", "-nodefaults", "-display", "none", "-qmp", "stdio");

    /// <summary>Starts the program that the environment names, and reads its greeting; else the test ends here.</summary>
    public static async Task<NewerQemu> StartAsync()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } program)
        {
            throw new IgnoreException($"{Variable} names no QEMU 11.1");
        }

        using (Process asked = Start(program, "--version"))
        {
            string version = await asked.StandardOutput.ReadToEndAsync();
            await asked.WaitForExitAsync();
            Assert.That(version, Does.Contain(Version), $"{Variable} names it");
        }

        var qemu = new NewerQemu(program);
        Assert.That(await qemu.ReadAsync(), Does.StartWith("{\"QMP\": "));
        return qemu;
    }

    public async Task SendAsync(byte[] input)
    {
        await _process.StandardInput.BaseStream.WriteAsync(input);
        await _process.StandardInput.BaseStream.FlushAsync();
    }

    /// <summary>One message without its line end.</summary>
    public async Task<string?> ReadAsync() => await _process.StandardOutput.ReadLineAsync().WaitAsync(TestClient.Patience);

    public async ValueTask DisposeAsync()
    {
        // The program may be a script that runs QEMU.
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static Process Start(string program, params string[] arguments) => Process.Start(
        new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            StandardOutputEncoding = Encoding.UTF8,
        })!;
}
