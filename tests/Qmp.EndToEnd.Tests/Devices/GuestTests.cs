using Newtonsoft.Json.Linq;
using Qmp.Interop.Emulators;
using Qmp.Types;

namespace Qmp.EndToEnd.Tests.Devices;

/// <summary>What a guest does on order (<c>-device x-guest</c>).</summary>
[TestFixture, Parallelizable]
internal sealed class GuestTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void SetUp() => _folder = new TemporaryFolder();

    [TearDown]
    public void TearDown() => _folder.Dispose();

    [Test]
    public async Task Guest_switches_itself_off_when_asked_to()
    {
        await using EmulatorProcess vm = await StartAsync("x-guest,powerdown-ms=20");
        await vm.Monitor.ExecuteRawAsync("system_powerdown");
        Assert.That(await vm.Exit.WaitAsync(EventLog.Patience), Is.Zero);
        Assert.That(Seen(vm), Is.EqualTo(new[] { "POWERDOWN", "SHUTDOWN guest-shutdown" }));
    }

    [Test]
    public async Task Guest_that_switched_itself_off_stays_with_no_shutdown()
    {
        await using EmulatorProcess vm = await StartAsync("x-guest,powerdown-ms=20", "-no-shutdown");
        await vm.Monitor.ExecuteRawAsync("system_powerdown");
        await WhenAsync(vm, "STOP");
        Assert.That(Seen(vm), Is.EqualTo(new[] { "POWERDOWN", "SHUTDOWN guest-shutdown", "STOP" }));
        Assert.That(await vm.QueryRunStateAsync(), Is.EqualTo(RunState.Shutdown));
    }

    [Test]
    public async Task Guest_resets_itself_when_that_is_ordered()
    {
        await using EmulatorProcess vm = await StartAsync("x-guest,powerdown-ms=20,powerdown=reset");
        await vm.Monitor.ExecuteRawAsync("system_powerdown");
        await WhenAsync(vm, "RESET guest-reset");
        Assert.That(await vm.QueryRunStateAsync(), Is.EqualTo(RunState.Running));
    }

    [TestCase("pause", "GUEST_PANICKED pause,STOP")]
    [TestCase("none", "GUEST_PANICKED run")]
    [TestCase("shutdown", "GUEST_PANICKED poweroff,STOP,SHUTDOWN guest-panic")]
    public async Task Panic_does_what_the_action_says(string action, string events)
    {
        await using EmulatorProcess vm = await StartAsync("x-guest,panic-ms=300", "-action", $"panic={action}");
        string[] expected = events.Split(',');
        await WhenAsync(vm, expected[^1]);
        Assert.That(Seen(vm).Where(e => e != "RESUME"), Is.EqualTo(expected));
    }

    [TestCase("pause", "WATCHDOG pause,STOP")]
    [TestCase("reset", "WATCHDOG reset,RESET guest-reset")]
    [TestCase("none", "WATCHDOG none")]
    public async Task Watchdog_does_what_the_action_says(string action, string events)
    {
        await using EmulatorProcess vm = await StartAsync("x-guest,watchdog-ms=300", "-action", $"watchdog={action}");
        string[] expected = events.Split(',');
        await WhenAsync(vm, expected[^1]);
        Assert.That(Seen(vm).Where(e => e != "RESUME").Take(expected.Length), Is.EqualTo(expected));
    }

    [Test]
    public async Task Guest_lets_a_device_go_and_answers_the_balloon()
    {
        await using EmulatorProcess vm = await StartAsync("x-guest,unplug-ms=20,balloon-ms=20", "-device", "virtio-balloon-pci,id=b");
        await vm.Monitor.ExecuteRawAsync("balloon", JObject.Parse("{'value': 33554432}"));
        await WhenAsync(vm, "BALLOON_CHANGE 33554432");
        Assert.That((long?)(await vm.Monitor.ExecuteRawAsync("query-balloon"))["actual"], Is.EqualTo(33554432));
        await vm.Monitor.ExecuteRawAsync("device_del", JObject.Parse("{'id': 'b'}"));
        await WhenAsync(vm, "DEVICE_DELETED b");
        Assert.That(await vm.Monitor.RefusalAsync("device_del", JObject.Parse("{'id': 'b'}")), Is.EqualTo("Device 'b' not found"));
    }

    // Its milliseconds pass only while the machine runs.
    [Test]
    public async Task Stopped_guest_does_nothing()
    {
        await using EmulatorProcess vm = await StartAsync("x-guest,powerdown-ms=0", "-no-shutdown");
        await vm.Monitor.ExecuteRawAsync("stop");
        await vm.Monitor.ExecuteRawAsync("system_powerdown");
        for (int i = 0; i < 20; i++) Assert.That(await vm.QueryRunStateAsync(), Is.EqualTo(RunState.Paused));
        await vm.Monitor.ExecuteRawAsync("cont");
        await WhenAsync(vm, "SHUTDOWN guest-shutdown");
    }

    private static IEnumerable<string> Seen(EmulatorProcess vm) => vm.Events.Seen
        .Select(e => $"{e.Name} {e.Data?["reason"] ?? e.Data?["action"] ?? e.Data?["actual"] ?? e.Data?["device"]}".Trim());

    private static async Task WhenAsync(EmulatorProcess vm, string text)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (!Seen(vm).Contains(text) && TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(10)) await Task.Yield();
        Assert.That(Seen(vm), Has.Member(text));
    }

    private Task<EmulatorProcess> StartAsync(string guest, params string[] words) =>
        EmulatorProcess.StartAsync(EmulatorKind.Qmpd, "vm", _folder, ["-M", "pc", "-device", guest, .. words]);
}
