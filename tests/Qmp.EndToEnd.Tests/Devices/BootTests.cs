using Newtonsoft.Json.Linq;
using Qmp.Client;
using Qmp.Testing;

namespace Qmp.EndToEnd.Tests.Devices;

/// <summary>Guests that run code: what a boot sector or a kernel does to its machine.</summary>
[TestFixture, Parallelizable]
internal sealed class BootTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    // mov dx,3f8h; mov al,'A'; out dx,al
    private const string PrintA = "baf803 b041 ee";
    private const string Forever = "ebfe";

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void SetUp() => _folder = new TemporaryFolder();

    [TearDown]
    public void TearDown() => _folder.Dispose();

    [Test]
    public async Task Boot_sector_prints_and_writes_memory()
    {
        // again: inc word [500h]; jmp again
        await using TestVm vm = await StartAsync(PrintA + "ff060005 ebfa");
        await UntilAsync(() => vm.ReadMemory(0x500, 2).Any(b => b != 0));
        Assert.That(await SerialAsync(1), Is.EqualTo("A"));
    }

    [Test]
    public async Task Guest_that_runs_code_moves_and_goes_on()
    {
        // Prints 'A'; then, again and again, loops a hundred thousand times and prints 'B'.
        const string Code = PrintA + "66b9a0860100 6649 75fc b042 ee ebf1";
        string socket = _folder.File("mig");
        string disk = Disk(Code);
        await using TestVm source = await TestVm.StartAsync([.. Words(disk), "-serial", $"file:{_folder.File("source")}"]);
        await using TestVm destination = await TestVm.StartAsync([.. Words(disk), "-serial", $"file:{_folder.File("destination")}", "-incoming", $"unix:{socket}"]);
        await using QmpConnection qmp = await source.ConnectAsync();
        await UntilAsync(() => File.ReadAllText(_folder.File("source")).Contains('B', StringComparison.Ordinal));
        await qmp.ExecuteRawAsync("migrate", new JObject { ["uri"] = $"unix:{socket}" });
        await UntilAsync(() => File.ReadAllText(_folder.File("destination")).Length > 0);
        Assert.That(File.ReadAllText(_folder.File("destination")), Does.StartWith("B"), "it does not begin anew");
        Assert.That(File.ReadAllText(_folder.File("source")), Does.Match("^AB+$"));
    }

    [Test]
    public async Task What_the_processor_cannot_do_is_told_with_address_and_bytes()
    {
        await using TestVm vm = await StartAsync("d9ee" + Forever);
        await using QmpConnection qmp = await vm.ConnectAsync();
        await UntilAsync(async () => await StatusAsync(qmp) == "internal-error");
        Assert.That(vm.StandardError, Does.Contain("guest stopped at 0000:00007c00 (address \"0x7c00\"), bytes d9eeebfe").Or.Contains("(address 0x7c00), bytes d9eeebfe"));
        Assert.That(await qmp.RefusalAsync("cont", null), Is.EqualTo("Resetting the Virtual Machine is required"));
    }

    [Test]
    public async Task Guest_sleeps_is_woken_up_and_boots_again()
    {
        // Prints, switches ACPI on and sleeps, unless it has done so before: then it stays.
        await using TestVm vm = await StartAsync(PrintA + "803e000501 7502 ebfe c606000501 b0f1 e6b2 b80124 ba0406 ef" + Forever);
        await using QmpConnection qmp = await vm.ConnectAsync();
        await UntilAsync(async () => await StatusAsync(qmp) == "suspended");
        await qmp.ExecuteRawAsync("cont");
        Assert.That(await StatusAsync(qmp), Is.EqualTo("suspended"), "it sleeps on");
        using EventSubscription events = qmp.Subscribe();
        await qmp.ExecuteRawAsync("system_wakeup");
        Assert.That((await events.ReadAsync().AsTask().WaitAsync(Patience)).Name, Is.EqualTo("WAKEUP"));
        QmpEvent reset = await events.ReadAsync().AsTask().WaitAsync(Patience);
        Assert.That((reset.Name, (string?)reset.Data!["reason"]), Is.EqualTo(("RESET", "guest-reset")));
        Assert.That(await SerialAsync(2), Is.EqualTo("AA"));
        Assert.That(await StatusAsync(qmp), Is.EqualTo("running"));
        Assert.That(await qmp.RefusalAsync("system_wakeup", null), Is.EqualTo("Unable to wake up: guest is not in suspended state"));
    }

    [TestCase("b0fe e664")] // the keyboard controller
    [TestCase("b006 baf90c ee")] // the chipset
    [TestCase("e492 0c01 e692")] // the fast port
    public async Task Guest_resets_its_machine(string code)
    {
        await using TestVm vm = await StartAsync(PrintA + "803e000501 7502 ebfe c606000501" + code + Forever);
        Assert.That(await SerialAsync(2), Is.EqualTo("AA"));
    }

    [Test]
    public async Task Guest_switches_its_machine_off()
    {
        await using TestVm vm = await StartAsync("b80020 ba0406 ef" + Forever);
        Assert.That(await vm.Exit.WaitAsync(Patience), Is.Zero);
    }

    [Test]
    public async Task Guest_ends_the_emulator_with_its_status()
    {
        await using TestVm vm = await StartAsync("b003 baf400 ee" + Forever, "-device", "isa-debug-exit,iobase=0xf4,iosize=4");
        Assert.That(await vm.Exit.WaitAsync(Patience), Is.EqualTo(7));
    }

    [TestCase("-M", "pc", "-accel", "qtest")]
    [TestCase("-M", "pc", "-S")]
    public async Task Code_does_not_run(params string[] words)
    {
        await using TestVm vm = await StartAsync("c606000501" + Forever, words);
        await using QmpConnection qmp = await vm.ConnectAsync();
        await qmp.ExecuteRawAsync("query-status");
        Assert.That(vm.ReadMemory(0x7c00, 4), Is.EqualTo(new byte[4]));
    }

    [Test]
    public async Task First_accelerator_that_is_here_runs_the_code()
    {
        await using TestVm vm = await StartAsync(PrintA + Forever, "-accel", "kvm", "-accel", "tcg", "-accel", "qtest");
        Assert.That(await SerialAsync(1), Is.EqualTo("A"));
    }

    [Test]
    public async Task Kernel_is_booted_and_told_its_command_line()
    {
        // mov esi,[ebx+16]; mov al,[esi]; mov dx,3f8h; out dx,al; hlt, at 1 MiB behind its header.
        byte[] code = Convert.FromHexString("8b7310 8a06 66baf803 ee fa f4".Replace(" ", "", StringComparison.Ordinal));
        uint[] header = [0x1badb002, 0x10000, unchecked(0u - 0x1badb002 - 0x10000), 0x100000, 0x100000, 0, 0, 0x100020];
        string kernel = _folder.File("kernel");
        await File.WriteAllBytesAsync(kernel, [.. header.SelectMany(BitConverter.GetBytes), .. code]);
        await using TestVm vm = await TestVm.StartAsync("-M", "q35", "-m", "16M", "-nodefaults", "-kernel", kernel, "-append", "hello", "-serial", $"file:{_folder.File("serial")}");
        Assert.That(await SerialAsync(1), Is.EqualTo("/"));
    }

    private static string[] Words(string disk) => ["-M", "pc", "-m", "16M", "-nodefaults", "-drive", $"file={disk},format=raw"];

    private async Task<TestVm> StartAsync(string code, params string[] words) =>
        await TestVm.StartAsync([.. Words(Disk(code)), "-serial", $"file:{_folder.File("serial")}", .. words]);

    private string Disk(string code)
    {
        byte[] sector = new byte[512];
        Convert.FromHexString(code.Replace(" ", "", StringComparison.Ordinal)).CopyTo(sector, 0);
        (sector[^2], sector[^1]) = (0x55, 0xaa);
        string path = _folder.File("disk");
        File.WriteAllBytes(path, sector);
        return path;
    }

    private async Task<string> SerialAsync(int length)
    {
        string text = "";
        await UntilAsync(() => (text = File.ReadAllText(_folder.File("serial"))).Length >= length);
        return text;
    }

    private static async Task<string?> StatusAsync(QmpConnection qmp) => (string?)(await qmp.ExecuteRawAsync("query-status"))["status"];

    private static Task UntilAsync(Func<bool> isSo) => UntilAsync(() => Task.FromResult(isSo()));

    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (!await isSo()) await Task.Delay(TimeSpan.FromMilliseconds(5), limit.Token);
    }
}
