using Qmp.Interop.Emulators;
using Qmp.Types;

namespace Qmp.EndToEnd.Tests.Interop;

/// <summary>The machine types beside <c>none</c>.</summary>
[Category("Slow")]
[TestFixture]
internal sealed class MachineTests
{
    private const string MemoryBackend = "memory-backend-ram,id=ram0,size=64M";

    private static readonly MigrationCapability[] Capabilities =
        [MigrationCapability.ReturnPath, MigrationCapability.SwitchoverAck];

    [TestCase("pc", "pc-i440fx-10.0")]
    [TestCase("q35", "q35")]
    [TestCase("pc-i440fx-2.4", "pc-i440fx-2.4")]
    [TestCase("pc-q35-8.2", "pc-q35-8.2", "-object", MemoryBackend, "-machine", "memory-backend=ram0")]
    public async Task Guest_moves_between_PCs(string source, string destination, params string[] words)
    {
        using var folder = new TemporaryFolder();
        byte[] image = MemoryImage.Create(seed: 7);
        await File.WriteAllBytesAsync(folder.File("image"), image);
        await using EmulatorProcess src = await StartAsync(
            EmulatorKind.Qmpd,
            "src",
            folder,
            ["-M", source, .. words, "-device", $"loader,file={folder.File("image")},addr=0,force-raw=on"]);
        await using EmulatorProcess dst = await StartAsync(
            EmulatorKind.Qmpd, "dst", folder, ["-M", destination, .. words, "-incoming", "defer"]);
        await MigrateAsync(src, dst, folder, exitOnError: true);
        Assert.That(src.Events.LastStatus, Is.EqualTo(MigrationStatus.Completed));
        Assert.That(dst.Events.LastStatus, Is.EqualTo(MigrationStatus.Completed));
        Assert.That(await src.QuerySettledRunStateAsync(), Is.EqualTo(RunState.Postmigrate));
        Assert.That(await dst.QueryRunStateAsync(), Is.EqualTo(RunState.Running));
        await dst.RequireMemoryAsync(image);
        Assert.That(src.Complaints.Concat(dst.Complaints), Is.Empty);
    }

    // As libvirt does when it saves a guest that it has restored.
    [Test]
    public async Task Multifd_can_be_switched_on_where_a_guest_has_come([Values] EmulatorKind kind)
    {
        Requirement.Check(kind);
        using var folder = new TemporaryFolder();
        await using EmulatorProcess src = await EmulatorProcess.StartAsync(kind, "src", folder);
        await using EmulatorProcess dst = await EmulatorProcess.StartAsync(kind, "dst", folder, "-incoming", "defer");
        await MigrateAsync(src, dst, folder, exitOnError: true);
        await dst.QuerySettledRunStateAsync();
        await dst.SwitchOnAsync(MigrationCapability.Multifd);
    }

    [TestCase("pc", "kvm-tpr-opt")]
    [TestCase("q35", "kvm-tpr-opt")]
    public async Task PC_of_QEMU_is_refused_at_the_first_section_that_is_not_here(string machine, string section)
    {
        Requirement.Check(EmulatorKind.Qemu);
        using var folder = new TemporaryFolder();
        await using EmulatorProcess src = await StartAsync(EmulatorKind.Qemu, "src", folder, ["-M", machine, "-S"]);
        await using EmulatorProcess dst = await StartAsync(
            EmulatorKind.Qmpd, "dst", folder, ["-M", machine, "-incoming", "defer"]);
        await MigrateAsync(src, dst, folder, exitOnError: false);
        MigrationInfo info = await dst.QueryMigrateAsync();
        Assert.That(
            (info.Status, info.ErrorDesc),
            Is.EqualTo((MigrationStatus.Failed, "load of migration failed: Invalid argument")));
        Assert.That(dst.Complaints, Has.Some.StartsWith($"Unknown savevm section or instance '{section}' 0. "));
        Assert.That(await dst.QueryRunStateAsync(), Is.EqualTo(RunState.Inmigrate));
        Assert.That((await src.QueryMigrateAsync()).Status, Is.EqualTo(MigrationStatus.Failed));
    }

    [TestCase("pc", "q35", "pc-i440fx-10.0", "pc-q35-10.0")]
    [TestCase("pc-i440fx-9.2", "pc", "pc-i440fx-9.2", "pc-i440fx-10.0")]
    [TestCase("none", "pc", "none", "pc-i440fx-10.0")]
    public async Task Machines_of_other_types_are_refused(
        string source, string destination, string received, string local)
    {
        using var folder = new TemporaryFolder();
        await using EmulatorProcess src = await EmulatorProcess.StartAsync(
            EmulatorKind.Qmpd, "src", folder, "-M", source);
        await using EmulatorProcess dst = await EmulatorProcess.StartAsync(
            EmulatorKind.Qmpd, "dst", folder, "-M", destination, "-incoming", "defer");
        await MigrateAsync(src, dst, folder, exitOnError: false);
        Assert.That(dst.Events.LastStatus, Is.EqualTo(MigrationStatus.Failed));
        Assert.That(
            dst.Complaints, Has.Member($"Machine type received is '{received}' and local is '{local}'"));
    }

    [TestCase("pc")]
    [TestCase("q35")]
    [TestCase("pc-i440fx-5.2", "-m", "1M")]
    [TestCase("pc", "-object", MemoryBackend, "-machine", "memory-backend=ram0")]
    public async Task Stream_lists_the_blocks_that_QEMUs_does(string machine, params string[] words)
    {
        Requirement.Check(EmulatorKind.Qemu);
        byte[] expected = await HeadAsync(EmulatorKind.Qemu, machine, words);
        byte[] actual = await HeadAsync(EmulatorKind.Qmpd, machine, words);
        Assert.That(actual, Is.EqualTo(expected));
    }

    // Of a stream, until the end of the first section's list of blocks.
    private static async Task<byte[]> HeadAsync(EmulatorKind kind, string machine, string[] words)
    {
        using var folder = new TemporaryFolder();
        await using EmulatorProcess emulator = await StartAsync(kind, "src", folder, ["-M", machine, "-S", .. words]);
        await emulator.SwitchOnAsync();
        await emulator.Migration.MigrateAsync(new() { Uri = $"file:{folder.File("stream")}" });
        await emulator.Events.WhenEndedAsync();
        byte[] stream = await File.ReadAllBytesAsync(folder.File("stream"));
        ReadOnlySpan<byte> last = "/rom@etc/acpi/rsdp"u8;
        return stream[..(stream.AsSpan().IndexOf(last) + last.Length + sizeof(ulong))];
    }

    private static Task<EmulatorProcess> StartAsync(
        EmulatorKind kind, string role, TemporaryFolder folder, IEnumerable<string> words) =>
        EmulatorProcess.StartAsync(
            kind, role, folder, ["-accel", "tcg", "-smp", "4", "-cpu", "qemu64", .. words]);

    private static async Task MigrateAsync(
        EmulatorProcess source, EmulatorProcess destination, TemporaryFolder folder, bool exitOnError)
    {
        string uri = $"unix:{folder.File("stream")}";
        foreach (EmulatorProcess emulator in (EmulatorProcess[])[source, destination])
        {
            await emulator.SwitchOnAsync(Capabilities);
        }

        await destination.Migration.MigrateIncomingAsync(new() { Uri = uri, ExitOnError = exitOnError });
        await source.Migration.MigrateAsync(new() { Uri = uri });
        await source.Events.WhenEndedAsync();
        await destination.Events.WhenEndedAsync();
    }
}
