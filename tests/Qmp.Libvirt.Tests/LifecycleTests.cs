using System.Globalization;
using Newtonsoft.Json.Linq;
using Qmp.Libvirt.Tests.Bench;

namespace Qmp.Libvirt.Tests;

/// <summary>Domains that stay on their host.</summary>
internal sealed class LifecycleTests : LibvirtTests
{
    private const string Vm = DomainXml.DefaultName;

    [Test]
    public async Task Domain_starts_and_says_what_it_is()
    {
        await StartAsync();
        Assert.That(await A.RunAsync("dominfo", Vm), Does.Match(@"State: +running[\s\S]*Max memory: +65536 KiB"));
        Assert.That(await A.RunAsync("domstats", Vm), Does.Contain("state.state=1").And.Contain("vcpu.current=1"));
        Assert.That(await A.RunAsync("vcpuinfo", Vm), Does.Match("VCPU: +0"));
        Assert.That((string?)(await A.QueryAsync("query-status"))["status"], Is.EqualTo("running"));
        Assert.That(await A.RunAsync("version"), Does.Contain("Running hypervisor: QEMU 10.0.2"));
        Assert.That(await A.RunAsync("capabilities"), Does.Contain($"<emulator>{Path.Combine(Bench.Folder, "a", "bin", "qemu-system-x86_64")}</emulator>"));
        await A.RunAsync("destroy", Vm);
        await A.AwaitStateAsync("shut off (destroyed)");
    }

    [Test]
    public async Task Processor_is_bound_to_a_host_processor()
    {
        await StartAsync();
        await A.RunAsync("vcpupin", Vm, "0", "0", "--live");
        Assert.That(await A.RunAsync("vcpupin", Vm), Does.Match(@"0 +0\s*$"));
        var cpu = (JObject)(await A.QueryAsync("query-cpus-fast"))[0]!;
        Assert.That((int)cpu["thread-id"]!, Is.Not.EqualTo(int.Parse(A.ProcessOf(), CultureInfo.InvariantCulture)));
    }

    [Test]
    public async Task Guest_is_paused_and_goes_on()
    {
        await A.DefineAsync(Domain with { Words = [] });
        await A.RunAsync("start", Vm, "--paused");
        await A.AwaitStateAsync("paused");
        await A.RunAsync("resume", Vm);
        await A.AwaitStateAsync("running (unpaused)");
        await A.RunAsync("suspend", Vm);
        await A.AwaitStateAsync("paused (user)");
        await A.RunAsync("reset", Vm);
        await A.AwaitStateAsync("paused");
        await A.RunAsync("resume", Vm);
        await A.AwaitStateAsync("running (unpaused)");
        await A.RunAsync("reset", Vm);
        await A.AwaitStateAsync("running");
    }

    [Test]
    public async Task Guest_obeys_shutdown()
    {
        await StartAsync();
        await A.RunAsync("shutdown", Vm);
        await A.AwaitStateAsync("shut off (shutdown)");
        await A.RunAsync("start", Vm);
        await A.AwaitStateAsync("running (booted)");
    }

    [Test]
    public async Task Guest_obeys_reboot_and_goes_on_in_the_same_process()
    {
        await StartAsync();
        string process = A.ProcessOf();
        Task<(int Status, string Text)> waiting = A.TryAsync("event", Vm, "--event", "reboot", "--timeout", "20");
        await Task.Delay(300); // Nothing tells when a client listens.
        await A.RunAsync("reboot", Vm);
        (int status, string text) = await waiting;
        Assert.That(status, Is.Zero, text);
        Assert.That(text, Does.Contain("event 'reboot' for domain 'vm'"));
        await A.AwaitStateAsync("running (booted)");
        Assert.That(A.ProcessOf(), Is.EqualTo(process));
    }

    [Test]
    public async Task Guest_that_panics_is_as_the_description_says()
    {
        DomainXml panics = Domain with
        {
            Words = ["-x-sim", "on", "-device", "x-guest,panic-ms=300"],
            More = "<vcpu>1</vcpu><on_crash>destroy</on_crash>",
        };
        await StartAsync(panics, "shut off (crashed)");
    }

    [Test]
    public async Task Killed_emulator_is_a_crash()
    {
        await StartAsync();
        await A.KillAsync();
        await A.AwaitStateAsync("shut off (crashed)");
    }

    [Test]
    public async Task Daemon_that_restarts_finds_its_domain()
    {
        await StartAsync();
        string process = A.ProcessOf();
        string memory = await ChecksumAsync(A);
        await A.StopAsync();
        await A.StartAsync();
        Assert.That(A.ProcessOf(), Is.EqualTo(process));
        await A.AwaitStateAsync("running");
        Assert.That(await ChecksumAsync(A), Is.EqualTo(memory));
        await A.RunAsync("shutdown", Vm);
        await A.AwaitStateAsync("shut off (shutdown)");
    }

    [Test]
    public async Task Memory_is_dumped()
    {
        await StartAsync();
        string file = Path.Combine(Bench.Folder, "core");
        await A.RunAsync("dump", "--memory-only", Vm, file);
        byte[] head = new byte[4];
        await using FileStream core = File.OpenRead(file);
        await core.ReadExactlyAsync(head);
        Assert.That(head, Is.EqualTo("\u007fELF"u8.ToArray()));
        Assert.That(core.Length, Is.GreaterThan(64 << 20));
        await A.AwaitStateAsync("running");
    }

    [Test]
    public async Task Console_is_a_terminal()
    {
        await StartAsync(Domain with { Devices = Domain.Devices + "<serial type='pty'/><console type='pty'/>" });
        Assert.That(await A.RunAsync("ttyconsole", Vm), Does.Match("^/dev/pts/[0-9]+$"));

        // It wants a terminal, and goes on until the domain ends.
        Task<(int Status, string Text)> console = Virsh.RunAsync(
            "script", ["-qec", $"virsh -c {A.Uri} console {Vm} --force", "/dev/null"]);
        await Task.WhenAny(console, Task.Delay(500));
        Assert.That(console.IsCompleted, Is.False, () => console.Result.Text);
        await A.RunAsync("destroy", Vm);
        Assert.That((await console).Text, Does.Contain("Connected to domain 'vm'"));
    }

    [Test]
    public async Task Emulator_that_refuses_its_command_line_says_why()
    {
        await A.DefineAsync(Domain with { Words = ["-device", "no-such-device"] });
        Assert.That(await A.RefuseAsync("start", Vm), Does.Contain("'no-such-device' is not a valid device model name"));
    }
}
