using System.Diagnostics;
using System.Security.Cryptography;
using Newtonsoft.Json.Linq;

namespace Qmp.Libvirt.Tests.Bench;

/// <summary>One of the two hosts of a bench: a libvirtd, and the domains that it runs.</summary>
internal sealed class LibvirtNode(LibvirtBench bench, string name)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private bool _runs;

    /// <summary>What clients connect to.</summary>
    public string Uri { get; } = $"qemu+unix:///system?socket={bench.Folder}/{name}/run/libvirt-sock";

    private string Folder => Path.Combine(bench.Folder, name);

    /// <summary>Makes what the daemon finds in place of the system's folders.</summary>
    public void Prepare(string emulator)
    {
        foreach (string part in (string[])["etc", "run", "lib", "cache", "log", "dev", "bin"])
        {
            Directory.CreateDirectory(Path.Combine(Folder, part));
        }

        File.CreateSymbolicLink(Path.Combine(Folder, "bin", "qemu-system-x86_64"), emulator);
        File.CreateSymbolicLink(Path.Combine(Folder, "bin", "gzip"), "/usr/bin/gzip");
        File.WriteAllText(
            Path.Combine(Folder, "etc", "qemu.conf"),
            """
            security_driver = "none"
            user = "root"
            group = "root"
            dynamic_ownership = 0
            remember_owner = 0
            namespaces = []
            cgroup_controllers = []
            stdio_handler = "file"

            """);

        // Two daemons of one host are told apart by the id of the host.
        File.WriteAllText(
            Path.Combine(Folder, "etc", "libvirtd.conf"),
            $"""
            host_uuid = "{Guid.NewGuid()}"
            auth_unix_ro = "none"
            auth_unix_rw = "none"
            unix_sock_group = "root"
            log_level = 3
            log_outputs = "3:file:{Folder}/log/libvirtd.log"

            """);
    }

    /// <summary>Starts the daemon; it finds the domains of one that ran before.</summary>
    public async Task StartAsync()
    {
        await bench.OrderAsync($"start {name}");
        long start = Stopwatch.GetTimestamp();
        while (!File.Exists(Path.Combine(Folder, "run", "libvirt-sock")) || (await TryAsync("uri")).Status != 0)
        {
            if (Stopwatch.GetElapsedTime(start) > Patience) throw new AssertionException($"libvirtd {name} does not come up: {Log()}");
            await Task.Delay(Pause);
        }

        _runs = true;
    }

    /// <summary>Stops the daemon; domains go on.</summary>
    /// <remarks>One that is still busy with a migration takes longer than anybody waits, and is killed.</remarks>
    public async Task StopAsync()
    {
        _runs = false;
        Assert.That(await bench.OrderAsync($"stop {name} TERM"), Is.AnyOf("stopped 0", "stopped 137"), Log);
    }

    /// <summary>Kills the daemon; domains go on.</summary>
    public async Task KillDaemonAsync()
    {
        _runs = false;
        Assert.That(await bench.OrderAsync($"stop {name} KILL"), Is.EqualTo("stopped 137"), Log);
    }

    /// <summary>Runs virsh, and fails if that fails.</summary>
    /// <returns>What it printed.</returns>
    public async Task<string> RunAsync(params string[] words)
    {
        (int status, string text) = await TryAsync(words);
        Assert.That(status, Is.Zero, () => $"virsh {string.Join(' ', words)}: {text}\n{Log()}");
        return text.Trim();
    }

    /// <summary>Runs virsh, and fails if that does not.</summary>
    /// <returns>What it said.</returns>
    public async Task<string> RefuseAsync(params string[] words)
    {
        (int status, string text) = await TryAsync(words);
        Assert.That(status, Is.EqualTo(1), () => $"virsh {string.Join(' ', words)}: {text}");
        return text.Trim();
    }

    /// <summary>Runs virsh.</summary>
    public Task<(int Status, string Text)> TryAsync(params string[] words) =>
        Virsh.RunAsync("virsh", ["-q", "-c", Uri, .. words]);

    /// <summary>Waits until virsh prints a text.</summary>
    public async Task AwaitAsync(string text, params string[] words)
    {
        long start = Stopwatch.GetTimestamp();
        string said;
        while (!(said = (await TryAsync(words)).Text).Contains(text, StringComparison.Ordinal))
        {
            if (Stopwatch.GetElapsedTime(start) > Patience)
            {
                throw new AssertionException($"virsh {string.Join(' ', words)}: '{text}' expected, and it says: {said}\n{Log()}");
            }

            await Task.Delay(Pause);
        }
    }

    /// <summary>Waits until a domain is in a state, for a reason: <c>running (booted)</c>.</summary>
    public Task AwaitStateAsync(string state, string domain = DomainXml.DefaultName) =>
        AwaitAsync(state, "domstate", domain, "--reason");

    /// <summary>Waits until the domain is not known here.</summary>
    public Task AwaitNothingAsync(string domain = DomainXml.DefaultName) =>
        AwaitAsync("failed to get domain", "domstate", domain);

    /// <summary>Has the emulator run a command.</summary>
    /// <returns>Its reply.</returns>
    public async Task<JToken> QueryAsync(string command, JObject? arguments = null, string domain = DomainXml.DefaultName)
    {
        var request = new JObject { ["execute"] = command };
        if (arguments is not null) request["arguments"] = arguments;
        var reply = JObject.Parse(await RunAsync("qemu-monitor-command", domain, request.ToString(Newtonsoft.Json.Formatting.None)));
        return reply["return"] ?? throw new AssertionException($"{command}: {reply}");
    }

    /// <summary>The checksum of a part of a guest's memory.</summary>
    public async Task<string> ChecksumAsync(long address, long size, string domain = DomainXml.DefaultName)
    {
        string file = Path.Combine(bench.Folder, "memory");
        await QueryAsync("pmemsave", new() { ["val"] = address, ["size"] = size, ["filename"] = file }, domain);
        await using FileStream memory = File.OpenRead(file);
        Assert.That(memory.Length, Is.EqualTo(size));
        return Convert.ToHexString(await SHA256.HashDataAsync(memory));
    }

    /// <summary>The process of a domain, as libvirt knows it.</summary>
    public string ProcessOf(string domain = DomainXml.DefaultName) =>
        File.ReadAllText(Path.Combine(Folder, "run", "qemu", $"{domain}.pid")).Trim();

    /// <summary>Kills the process of a domain.</summary>
    public async Task KillAsync(string domain = DomainXml.DefaultName) =>
        Assert.That(await bench.OrderAsync($"kill 9 {ProcessOf(domain)}"), Is.EqualTo("killed 0"));

    /// <summary>Defines a domain.</summary>
    public Task DefineAsync(DomainXml domain)
    {
        string file = Path.Combine(bench.Folder, $"{domain.Name}.xml");
        File.WriteAllText(file, domain.ToString());
        return RunAsync("define", file);
    }

    /// <summary>Leaves nothing of a domain.</summary>
    public async Task ForgetAsync(string domain = DomainXml.DefaultName)
    {
        if (!_runs) await StartAsync();
        await TryAsync("destroy", domain);
        await TryAsync("undefine", domain, "--managed-save", "--snapshots-metadata");
    }

    /// <summary>What the daemon and its domains logged last.</summary>
    private string Log()
    {
        IEnumerable<string> files = Directory.EnumerateFiles(Path.Combine(Folder, "log"), "*.log", SearchOption.AllDirectories);
        return string.Join('\n', files.SelectMany(f => File.ReadLines(f).TakeLast(5).Prepend($"{Path.GetFileName(f)}:")));
    }
}
