using Qmp.Machine.Memory;
using Qmp.Machine.Time;
using Qmp.Migration.Multifd.Packets;
using Qmp.Migration.Tests.Support;
using Qmp.Types;

namespace Qmp.Migration.Tests.Multifd;

/// <summary>What real QEMU sent over multifd channels is loaded, and what is then sent is what QEMU sent.</summary>
[TestFixture, Parallelizable]
internal sealed class MultifdCaptureTests
{
    private const ulong RamSize = 64 << 20;
    private const int Connections = 3;

    private static readonly MigrationCapability[] NoAnswers = [MigrationCapability.Multifd];

    private static readonly MigrationCapability[] Answers =
        [MigrationCapability.Multifd, MigrationCapability.ReturnPath, MigrationCapability.SwitchoverAck];

    private byte[] _ram = [];

    // The guest of all captures is the same; this one was sent over one connection.
    [OneTimeSetUp]
    public void LoadFromOneConnection()
    {
        var timeline = new VirtualTimeline();
        using var machine = new TestMachine(timeline, new ByteConnector(Capture.Read("a_none_exec")), "one", RamSize);
        timeline.Run(async () =>
        {
            machine.Listening("/unused");
            Assert.That(await Wait.EndAsync(machine, timeline), Is.EqualTo(MigrationStatus.Completed));
        });
        _ram = machine.Ram();
        Assert.That(_ram.AsSpan().ContainsAnyExcept((byte)0));
    }

    [Test]
    public void Captured_channels_are_read_in_any_order_and_sent_again(
        [Values(
            "c_none_multifd2", "c2_none_multifd2_legacyzero", "c3_none_multifd2_zlib", "c4_none_multifd2_zstd",
            "c5_none_multifd2_rp_ack")]
        string name,
        [Values("012", "120", "201")] string order)
    {
        byte[][] captured = [.. Enumerable.Range(0, Connections).Select(i => Capture.Read($"{name}.conn{i}.fwd"))];
        bool hasAnswers = name.StartsWith("c5", StringComparison.Ordinal);
        byte[] answers = hasAnswers ? Capture.Read($"{name}.conn0.back") : [];
        var timeline = new VirtualTimeline();
        var log = new LogLines();

        int[] places = [.. order.Select(c => c - '0')];
        var input = new ManyConnector(timeline, [.. places.Select(i => captured[i])]);
        using TestMachine machine = Create(timeline, input, name, null, log);
        timeline.Run(async () =>
        {
            machine.Listening("/unused");
            await Wait.EndAsync(machine, timeline);
        });
        Assert.That(machine.LoadError, Is.Null);
        Assert.That(machine.Status, Is.EqualTo(MigrationStatus.Completed));
        Assert.That(log.Warnings, Is.Empty);
        Assert.That(machine.Machine.RunState, Is.EqualTo(RunState.Running));
        Assert.That(machine.Ram().AsSpan().SequenceEqual(_ram));
        Assert.That(input.Written[Array.IndexOf(places, 0)].ToArray(), Is.EqualTo(answers));

        var output = new ManyConnector(timeline, answers: answers);
        using TestMachine next = Create(timeline, output, name, machine.Ram(), log);
        timeline.Run(async () =>
        {
            next.Running();
            next.Core.Migrate(new MigrationRequest(TestMachine.Unix("/unused")));
            await Wait.EndAsync(next, timeline);
        });
        Assert.That(next.Core.Query().ErrorDesc, Is.Null);
        byte[][] written = [.. output.Written.Select(stream => stream.ToArray())];
        Assert.That(written, Has.Length.EqualTo(Connections));
        Assert.That(StreamText.Of(written[0]), Is.EqualTo(StreamText.Of(captured[0])));
        Assert.That(StreamText.DescriptionOf(written[0]), Is.EqualTo(StreamText.DescriptionOf(captured[0])));
        Assert.That(written[1..].Select(PacketText.NumberOf), Is.EqualTo(captured[1..].Select(PacketText.NumberOf)));
        Assert.That(PacketText.Of(written[1..]), Is.EqualTo(PacketText.Of(captured[1..])));
        MigrationStats statistics = next.Core.Query().Ram!;
        Assert.That(statistics.MultifdBytes, Is.EqualTo(written[1..].Sum(bytes => bytes.Length)));
        Assert.That(statistics.Transferred, Is.EqualTo(written.Sum(bytes => bytes.Length)));
        Assert.That(statistics.Normal, Is.EqualTo(431), "as QEMU counted");
        Assert.That(statistics.Duplicate, Is.EqualTo(15953), "as QEMU counted");
    }

    // The guest runs by then, and the source may have been told.
    [Test]
    public void What_follows_the_end_of_a_channel_is_dropped([Values] bool isPacket)
    {
        const string Name = "c_none_multifd2";
        byte[][] captured = [.. Enumerable.Range(0, Connections).Select(i => Capture.Read($"{Name}.conn{i}.fwd"))];
        byte[] more = Enumerable.Repeat((byte)0x5a, 1344 + 4096).ToArray();
        if (isPacket)
        {
            var packet = new MultifdPacket { Room = 128, NormalPages = 1, DataLength = 4096, Block = "ram" };
            packet.Write(more);
        }

        captured[1] = [.. captured[1], .. more];
        var timeline = new VirtualTimeline();
        var log = new LogLines();
        using TestMachine machine = Create(timeline, new ManyConnector(timeline, captured), Name, null, log);
        machine.Core.Faults.Set(new FaultPlan { Point = FaultPoint.Start, Action = FaultAction.Hold });
        timeline.Run(async () =>
        {
            machine.Listening("/unused");
            await Wait.ForAsync(timeline, TimeSpan.FromSeconds(1));
            machine.Core.Faults.Release(null);
            await Wait.EndAsync(machine, timeline);
        });
        Assert.That(log.Warnings, Is.Empty);
        Assert.That(machine.Status, Is.EqualTo(MigrationStatus.Completed));
        Assert.That(machine.Machine.IsRunning);
        Assert.That(machine.Ram().AsSpan().SequenceEqual(_ram));
    }

    private static TestMachine Create(Timeline timeline, ManyConnector transport, string name, byte[]? ram, LogLines log)
    {
        bool hasAnswers = name.StartsWith("c5", StringComparison.Ordinal);
        var machine = new TestMachine(timeline, transport, name, RamSize, logger: log.Logger);
        machine.With(hasAnswers ? Answers : NoAnswers);
        machine.Core.Options.SetParameters(new MigrateSetParameters
        {
            MultifdChannels = 2,
            ZeroPageDetection = name.StartsWith("c2", StringComparison.Ordinal) ? ZeroPageDetection.Legacy : null,
            MultifdCompression = name[..2] switch
            {
                "c3" => MultiFDCompression.Zlib,
                "c4" => MultiFDCompression.Zstd,
                _ => null,
            },
        });
        for (int offset = 0; offset < ram?.Length; offset += RamBlock.PageSize)
        {
            ReadOnlySpan<byte> page = ram.AsSpan(offset, RamBlock.PageSize);
            if (page.ContainsAnyExcept((byte)0)) machine.Machine.Memory.Load((ulong)offset, page);
        }

        return machine;
    }
}
