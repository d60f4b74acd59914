using System.Diagnostics;

namespace Qmp.Libvirt.Tests.Bench;

/// <summary>
/// Two hosts on this one: two libvirtd, unmodified, with folders, processes and a network of their own. Nothing of the
/// system's libvirt is read or written. All of it ends with the process that made it.
/// </summary>
internal sealed class LibvirtBench : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _folder = new();
    private readonly Process _process;
    private readonly SemaphoreSlim _order = new(1);

    private LibvirtBench()
    {
        A = new(this, "a");
        B = new(this, "b");
        string script = Path.Combine(AppContext.BaseDirectory, "Bench", "bench.sh");
        _process = Process.Start(
            new ProcessStartInfo(
                "unshare",
                [
                    "--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc", "--propagation", "private",
                    "bash", script, Folder,
                ])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            })!;
    }

    /// <summary>The host that domains start on.</summary>
    public LibvirtNode A { get; }

    /// <summary>The host that they migrate to.</summary>
    public LibvirtNode B { get; }

    /// <summary>A folder that both hosts see.</summary>
    public string Folder => _folder.Path;

    /// <summary>Starts both.</summary>
    /// <param name="emulator">What libvirt finds when it looks for emulators.</param>
    public static async Task<LibvirtBench> StartAsync(string emulator)
    {
        var bench = new LibvirtBench();
        try
        {
            Assert.That(await bench._process.StandardOutput.ReadLineAsync().WaitAsync(Patience), Is.EqualTo("ready"));
            foreach (LibvirtNode node in (LibvirtNode[])[bench.A, bench.B]) node.Prepare(emulator);
            await Task.WhenAll(bench.A.StartAsync(), bench.B.StartAsync());
            return bench;
        }
        catch
        {
            await bench.DisposeAsync();
            throw;
        }
    }

    /// <summary>Has the first process of the bench do something.</summary>
    /// <returns>What it answers.</returns>
    public async Task<string?> OrderAsync(string line)
    {
        await _order.WaitAsync();
        try
        {
            await _process.StandardInput.WriteLineAsync(line);
            await _process.StandardInput.FlushAsync();
            return await _process.StandardOutput.ReadLineAsync().WaitAsync(Patience);
        }
        finally
        {
            _order.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        using (_process)
        {
            _process.StandardInput.Close();
            await _process.WaitForExitAsync().WaitAsync(Patience);
        }

        _order.Dispose();
        _folder.Dispose();
    }
}
