using System.Text;
using Qmp.Emulator.Versions;
using Qmp.Linux;
using Qmp.Migration.Cpr;
using Qmp.Migration.Rules;
using Qmp.Migration.Status;
using Serilog.Core;

namespace Qmp.Migration.Tests.Cpr;

/// <summary>What a program leaves to the one that takes its place, as bytes and descriptors.</summary>
[TestFixture]
internal sealed class CprStateTests
{
    private const int Size = 1 << 20;

    private static readonly MigrationRules Older = QemuVersion.Qemu10_0.Migration;
    private static readonly MigrationRules Newer = QemuVersion.Qemu11_1.Migration;

    // As QEMU 10.0.2 and 11.1.3 sent it.
    private const string Ram0 = "QCPR\0\0\0\u0001\u0001\0\0\0\u0005ram0\0\0\0\0\0 \0";
    private const string Devices = "\u0005\u0015CprState/vfio devices\0\0\0\u0001\0";

    [TestCase(false, Ram0)]
    [TestCase(true, Ram0 + Devices)]
    public void It_is_written_as_QEMU_writes_it(bool newer, string expected)
    {
        using CprState state = State("ram0");
        using WrittenCpr written = Write(state, newer ? Newer : Older);
        Assert.That(Encoding.Latin1.GetString(written.Bytes), Is.EqualTo(expected));
        Assert.That(written.Handed, Has.Count.EqualTo(1));
    }

    [Test]
    public void What_was_written_is_read([Values] bool newer)
    {
        MigrationRules rules = newer ? Newer : Older;
        using CprState state = State("ram", "pc.bios", "/rom@etc/acpi/tables");
        using WrittenCpr written = Write(state, rules);
        using CprState read = Read(written, rules);
        Assert.That(read.Descriptors.Select(d => d.Name), Is.EqualTo(new[] { "/rom@etc/acpi/tables", "pc.bios", "ram" }));
        foreach (CprDescriptor descriptor in read.Descriptors)
        {
            Assert.That(Files.Seek(descriptor.Handle, 0, 2), Is.EqualTo(Size));
        }
    }

    [Test]
    public void The_release_before_does_not_understand_the_newer_one()
    {
        using CprState state = State("ram0");
        using WrittenCpr written = Write(state, Newer);
        Assert.That(() => Read(written, Older), Throws.TypeOf<MigrationException>().With.Message.EqualTo("vmstate_load_state error -2"));
    }

    [Test]
    public void The_newer_release_understands_the_one_before()
    {
        using CprState state = State("ram0");
        using WrittenCpr written = Write(state, Older);
        using CprState read = Read(written, Newer);
        Assert.That(read.Descriptors, Has.Count.EqualTo(1));
    }

    // Each text is what QEMU printed on such bytes.
    [TestCase("ABCD\0\0\0\u0001\0", "Not a migration stream (bad magic 41424344)", null)]
    [TestCase("QCPR\0\0\0\u0002\0", "Unsupported migration stream version 2", null)]
    [TestCase("", "Not a migration stream (bad magic 0)", null)]
    [TestCase("QCPR\0\0\0\u0001", "Failed to load CprState:fds\nvmstate_load_state error -5", "Failed to load CprState state: stream error: -5")]
    [TestCase(
        "QCPR\0\0\0\u0001\u0001\0\0\0\u0005ra",
        "Failed to load cpr fd:name\nfds: failed to load cpr fd (-5)\nFailed to load CprState:fds\nvmstate_load_state error -5",
        "Failed to load cpr fd state: stream error: -5")]
    [TestCase(
        "QCPR\0\0\0\u0001\u0001\u007f\u00ff\u00ff\u00ff",
        "Failed to load cpr fd:name\nfds: failed to load cpr fd (-5)\nFailed to load CprState:fds\nvmstate_load_state error -5",
        "Failed to load cpr fd state: stream error: -5")]
    [TestCase(
        "QCPR\0\0\0\u0001\u0001\0\0\0\u0005ram0\0\0\0\0\0",
        "Failed to load cpr fd:fd\nfds: failed to load cpr fd (-5)\nFailed to load CprState:fds\nvmstate_load_state error -5",
        null)]
    [TestCase(
        Ram0,
        "Failed to load cpr fd:namelen\nfds: failed to load cpr fd (-5)\nFailed to load CprState:fds\nvmstate_load_state error -5",
        null,
        Description = "without its descriptor")]
    public void Damage_is_told_in_QEMUs_words(string bytes, string older, string? newer)
    {
        byte[] raw = Encoding.Latin1.GetBytes(bytes);
        Assert.That(() => Read(new WrittenCpr(raw), Older), Throws.TypeOf<MigrationException>().With.Message.EqualTo(older));
        if (newer is null) return;
        Assert.That(() => Read(new WrittenCpr(raw), Newer), Throws.TypeOf<MigrationException>().With.Message.EqualTo(newer));
    }

    [Test]
    public void A_state_that_ends_early_is_refused_and_leaves_no_descriptor_open([Values] bool newer)
    {
        MigrationRules rules = newer ? Newer : Older;
        using CprState state = State("a", "b");
        using WrittenCpr whole = Write(state, rules);
        byte[] bytes = whole.Bytes;
        int list = newer ? bytes.Length - Devices.Length : bytes.Length;
        for (int length = 0; length < bytes.Length; length++)
        {
            if (length == list) continue; // such is the older release's
            var part = new WrittenCpr(bytes.AsSpan(0, length));
            List<DescriptorHandle> sent = [.. state.Descriptors.Select(d => SharedMemory.Duplicate(d.Handle)!)];
            foreach (DescriptorHandle descriptor in sent) part.Handed.Enqueue(descriptor);
            Assert.That(() => Read(part, rules), Throws.TypeOf<MigrationException>(), $"after {length} bytes");
            part.Dispose();
            Assert.That(sent, Has.All.Property(nameof(DescriptorHandle.IsClosed)).True, $"after {length} bytes");
        }
    }

    [Test]
    public void Any_bytes_are_read_or_refused()
    {
        using CprState state = State("ram", "pc.bios");
        using WrittenCpr whole = Write(state, Newer);
        byte[] bytes = whole.Bytes;
        Fuzzing.Run(Fuzzing.Count(5_000, 100_000), number =>
        {
            Random random = Fuzzing.RandomOf(number);
            byte[] damaged = [.. bytes];
            for (int i = random.Next(4); i >= 0; i--) damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            using var part = new WrittenCpr(damaged.AsSpan(0, random.Next(damaged.Length + 1)));
            foreach (CprDescriptor descriptor in state.Descriptors) part.Handed.Enqueue(SharedMemory.Duplicate(descriptor.Handle)!);
            try
            {
                using CprState read = Read(part, random.Next(2) == 0 ? Older : Newer);
                Assert.That(read.Descriptors, Has.Count.LessThanOrEqualTo(2));
            }
            catch (MigrationException e)
            {
                Assert.That(e.Message, Is.Not.Empty);
            }
        });
    }

    [Test]
    public void A_descriptor_belongs_to_who_finds_it()
    {
        using CprState state = State("a", "b");
        using WrittenCpr written = Write(state, Older);
        CprState read = Read(written, Older);
        using var found = (DescriptorHandle)read.Find("a")!;
        var left = (DescriptorHandle)read.Descriptors.Single(d => d.Name == "b").Handle;
        Assert.That(read.Find("a", id: 1), Is.Null);
        read.Dispose();
        Assert.That(found.IsClosed, Is.False);
        Assert.That(left.IsClosed, Is.True);
    }

    private static CprState State(params string[] names)
    {
        var state = new CprState();
        foreach (string name in names) state.Save(name, SharedMemory.Create(name, Size, sealsSize: true, out _)!);
        return state;
    }

    private static WrittenCpr Write(CprState state, MigrationRules rules)
    {
        var written = new WrittenCpr();
        CprStateWriter.Write(written, state, rules);
        return written;
    }

    private static CprState Read(WrittenCpr written, MigrationRules rules) => new CprStateReader(written, rules, Logger.None).Read();
}
