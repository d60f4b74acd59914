using System.Buffers.Binary;
using Qmp.Machine.Time;
using Qmp.Migration.Tests.Support;
using Qmp.Types;

namespace Qmp.Migration.Tests.Fuzz;

/// <summary>
/// Whatever a destination says on the return path, the source completes or fails, and a guest whose migration failed
/// runs on.
/// </summary>
[TestFixture]
[Category("Fuzz"), Category("Slow")]
internal sealed class ReplyFuzzTests
{
    private const int UsualCount = 2_000;
    private const int WholeCount = 150_000;
    private const int SmallPiece = 5;

    private static readonly byte[] Good =
    [
        .. Capture.Read("b2_none_rp_switchover_ack.back"),
        0, 2, 0, 4, 0, 0, 0, 1,
        0, 7, 0, 0,
    ];

    private static readonly byte[] ShutZero = [0, 1, 0, 4, 0, 0, 0, 0];

    [Test]
    public void Any_replies_end_the_migration()
    {
        int completed = 0;
        int count = Fuzzing.Count(UsualCount, WholeCount);
        Fuzzing.Run(count, number =>
        {
            Random random = Fuzzing.RandomOf(number);
            byte[] replies = number % 4 == 0 ? Messages(random) : ByteMutator.Mutate(random, Good, Messages(random));
            if (Migrate(replies, number % 3 == 0 ? random : null) == MigrationStatus.Completed) completed++;
        });
        Assert.That(completed, Is.InRange(count / 100, count - (count / 5)));
    }

    /// <summary>Messages with kinds and lengths as they are, or nearly so.</summary>
    private static byte[] Messages(Random random)
    {
        var bytes = new List<byte>();
        Span<byte> header = stackalloc byte[4];
        for (int i = random.Next(8); i >= 0; i--)
        {
            int length = random.Next(4) switch { 0 => 0, 1 => 12, 2 => random.Next(600), _ => 4 };
            BinaryPrimitives.WriteUInt16BigEndian(header, (ushort)random.Next(10));
            BinaryPrimitives.WriteUInt16BigEndian(header[2..], (ushort)length);
            bytes.AddRange(header);
            byte[] data = new byte[random.Next(10) == 0 ? random.Next(length + 1) : length];
            random.NextBytes(data);
            if (random.Next(2) == 0) data.AsSpan().Clear();
            bytes.AddRange(data);
        }

        return [.. bytes];
    }

    private static MigrationStatus Migrate(byte[] replies, Random? pieces)
    {
        var log = new ExceptionLog();
        var timeline = new VirtualTimeline();
        Func<int>? size = pieces is null ? null : () => pieces.Next(1, SmallPiece);
        var transport = new ByteConnector(replies, size);
        using var machine = new TestMachine(timeline, transport, "vm", ram: 1 << 20, logger: log.Logger);
        machine.With(MigrationCapability.ReturnPath);
        if (replies.Length % 2 == 0) machine.With(MigrationCapability.SwitchoverAck);
        timeline.Run(async () =>
        {
            machine.Running();
            machine.Core.Migrate(new MigrationRequest(TestMachine.Unix("/unused")));
            await Wait.EndAsync(machine, timeline);
        });
        timeline.RunUntilIdle(TimeSpan.FromMinutes(1));
        string shown = Convert.ToHexString(replies);
        log.Check(shown);
        MigrationStatus status = machine.Status;
        if (status == MigrationStatus.Completed) return status;
        Assert.That(status, Is.EqualTo(MigrationStatus.Failed), shown);
        Assert.That(machine.Core.Query().ErrorDesc, Is.Not.Null.And.Not.Empty, shown);
        Assert.That(machine.Core.Query().ErrorDesc, Does.Not.StartWith("Internal error"), shown);

        // A destination that has said SHUT 0 runs the guest, so this one does not.
        bool saidShut = replies.AsSpan().IndexOf(ShutZero) >= 0;
        Assert.That(machine.Machine.IsRunning || saidShut, shown);
        return status;
    }
}
