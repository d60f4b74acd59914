using Qmp.Migration.Channels;
using Qmp.Migration.Channels.Virtual;
using Qmp.Migration.Multifd.Packets;
using Qmp.Migration.Tests.Support;
using Qmp.Types;

namespace Qmp.Migration.Tests.Multifd;

/// <summary>Whatever happens to a channel, exactly one of both guests runs then, and nothing hangs.</summary>
[TestFixture]
internal sealed class MultifdFailureTests
{
    private const int Channels = 2;
    private const int Bandwidth = 2_000_000;

    [Test]
    public void A_cut_connection_fails_the_migration([Values(0, 1, 2)] int connection, [Values] MultiFDCompression compression)
    {
        if (compression is not (MultiFDCompression.None or MultiFDCompression.Zlib or MultiFDCompression.Zstd)) return;
        int failures = 0;
        foreach (long length in Lengths(connection))
        {
            using MigrationPair pair = Create(compression).Fill();
            pair.Connector.LinkOf = number => number == connection ? new LinkSettings { CutAfter = length } : null;
            pair.Migrate();
            pair.CheckOneRuns($"cut after {length}");
            pair.CheckIdle();
            if (pair.Source.Status == MigrationStatus.Failed) failures++;
        }

        Assert.That(failures, Is.GreaterThan(10));
    }

    // What is left in all connections arrives, and each ends at a point of its own.
    [Test]
    public void A_source_that_dies_between_packets_is_noticed()
    {
        const int Greeting = 64;
        const int Packet = 1344;
        using MigrationPair pair = Create().Fill();
        pair.Connector.LinkOf = number => number == 1 ? new LinkSettings { CutAfter = Greeting + Packet } : null;
        pair.Migrate();
        pair.CheckOneRuns("cut behind the first barrier");
        pair.CheckIdle();
    }

    [Test]
    public void Cancel_at_any_time(
        [Values(0, 1, 100, 101, 333, 500, 750, 1000, 1250, 1500, 1750, 1900, 2000, 2400)] int milliseconds, [Values(1, 4)] int channels)
    {
        using MigrationPair pair = Create(channels: channels).Fill(1);
        pair.Network.Link = new LinkSettings { Bandwidth = Bandwidth };
        pair.Migrate(async () =>
        {
            await Wait.ForAsync(pair.Timeline, TimeSpan.FromMilliseconds(milliseconds));
            pair.Source.Core.Cancel();
        });
        bool moved = pair.Destination.Status == MigrationStatus.Completed;
        Assert.That(pair.Source.Status, Is.EqualTo(moved ? MigrationStatus.Completed : MigrationStatus.Cancelled));
        Assert.That(pair.Source.Machine.IsRunning, Is.Not.EqualTo(moved));
        Assert.That(moved, Is.EqualTo(milliseconds > 2200), "4 MiB at 2 MB/s");
        pair.CheckIdle();
    }

    [Test]
    public void Cancel_while_channels_are_connected()
    {
        using MigrationPair pair = Create();
        pair.Connector.DelayOf = number => number == 2 ? TimeSpan.FromSeconds(1) : TimeSpan.Zero;
        pair.Migrate(async () =>
        {
            await Wait.ForAsync(pair.Timeline, TimeSpan.FromMilliseconds(500));
            pair.Source.Core.Cancel();
        });
        Assert.That(pair.Source.Status, Is.EqualTo(MigrationStatus.Cancelled));
        Assert.That(pair.Source.Machine.IsRunning);
        Assert.That(pair.Destination.Status, Is.EqualTo(MigrationStatus.Failed));
        pair.CheckIdle();
    }

    [Test]
    public void Yank_at_any_time([Values(100, 700, 1500)] int milliseconds, [Values] bool source)
    {
        using MigrationPair pair = Create().Fill(1);
        pair.Network.Link = new LinkSettings { Bandwidth = Bandwidth };
        pair.Migrate(async () =>
        {
            await Wait.ForAsync(pair.Timeline, TimeSpan.FromMilliseconds(milliseconds));
            (source ? pair.Source : pair.Destination).Core.Yank();
        });
        pair.CheckOneRuns("yanked");
        Assert.That(pair.Source.Machine.IsRunning);
        pair.CheckIdle();
    }

    [Test]
    public void Yank_frees_a_destination_whose_channels_say_nothing()
    {
        using MigrationPair pair = Create();
        pair.Timeline.Run(async () =>
        {
            pair.Destination.Listening("/mig");
            using IMigrationChannel silent = await pair.Network.ConnectAsync(MigrationPair.Address, default);
            await Wait.ForAsync(pair.Timeline, TimeSpan.FromSeconds(1));
            pair.Destination.Core.Yank();
            await Wait.EndAsync(pair.Destination, pair.Timeline);
        });
        Assert.That(pair.Destination.Status, Is.EqualTo(MigrationStatus.Failed));
        pair.CheckIdle();
    }

    [Test]
    public void Channel_of_another_machine_is_refused()
    {
        var theirs = new Guid("00112233-4455-6677-8899-aabbccddeeff");
        using var pair = new MigrationPair(
            [MigrationCapability.Multifd, MigrationCapability.ReturnPath], Parameters(Channels), sourceUuid: theirs);
        pair.Migrate();
        pair.CheckOneRuns("another machine");
        Assert.That(
            pair.DestinationLog.Warnings,
            Does.Contain(
                $"multifd: received uuid '{theirs}' and expected uuid '{Guid.Empty}' for channel 0"));
        pair.CheckIdle();
    }

    private static IEnumerable<TestCaseData> Strangers()
    {
        byte[] first = MultifdGreeting.Write(null, 0);
        yield return new TestCaseData(new[] { first, first }, "multifd: received id '0' already setup'");
        yield return new TestCaseData(
            new[] { MultifdGreeting.Write(null, 2) }, "multifd: received channel id 2 is greater than number of channels 2");
        yield return new TestCaseData(
            new[] { "GET / HTTP/1.1\r\n\r\n".PadRight(64).Select(c => (byte)c).ToArray() },
            "multifd: received packet magic 47455420 expected 11223344");
        yield return new TestCaseData(new[] { first[..4] }, "Unexpected end-of-file before all data were read");
        yield return new TestCaseData(new[] { first[..63] }, "Unexpected end-of-file before all data were read");
    }

    [TestCaseSource(nameof(Strangers))]
    public void Stranger_is_refused(byte[][] greetings, string reason)
    {
        using MigrationPair pair = Create();
        bool silentIsCut = false;
        pair.Timeline.Run(async () =>
        {
            pair.Destination.Listening("/mig");
            IMigrationChannel silent = await pair.Network.ConnectAsync(MigrationPair.Address, default);
            foreach (byte[] greeting in greetings)
            {
                IMigrationChannel stranger = await pair.Network.ConnectAsync(MigrationPair.Address, default);
                await stranger.SendAsync(greeting);
                if (greeting.Length < MultifdGreeting.Length) stranger.Dispose();
            }

            await Wait.EndAsync(pair.Destination, pair.Timeline);
            silentIsCut = await silent.WaitForHangUpAsync(TimeSpan.FromSeconds(1));
        });
        Assert.That(pair.Destination.Status, Is.EqualTo(MigrationStatus.Failed));
        Assert.That(pair.DestinationLog.Warnings, Does.Contain(reason));
        Assert.That(pair.Destination.Core.Query().ErrorDesc, Is.EqualTo(reason));
        Assert.That(silentIsCut, "it is not left waiting");
        pair.CheckIdle();
    }

    [Test]
    public void Connection_that_ends_before_it_is_known_is_refused_without_a_reason([Values(0, 3)] int length)
    {
        using MigrationPair pair = Create();
        pair.Timeline.Run(async () =>
        {
            pair.Destination.Listening("/mig");
            using IMigrationChannel stranger = await pair.Network.ConnectAsync(MigrationPair.Address, default);
            await stranger.SendAsync(MultifdGreeting.Write(null, 0)[..length]);
            stranger.Dispose();
            await Wait.EndAsync(pair.Destination, pair.Timeline);
        });
        Assert.That(pair.Destination.Status, Is.EqualTo(MigrationStatus.Failed));
        Assert.That(pair.DestinationLog.Warnings, Does.Contain("Failed to peek at channel"));
        Assert.That(pair.Destination.Core.Query().ErrorDesc, Is.Null);
        Assert.That(pair.Destination.LoadError, Is.Not.Null, "the program still ends");
        pair.CheckIdle();
    }

    // The destination is gone a moment later, and so is the return path; that says less.
    [Test]
    public void Source_blames_the_channel_that_broke([Values(1, 2)] int connection)
    {
        const int WithinPages = 100_000;
        using MigrationPair pair = Create().Fill();
        pair.Network.Link = new LinkSettings { Bandwidth = Bandwidth };
        pair.Connector.LinkOf = number =>
            number == connection ? new LinkSettings { Bandwidth = Bandwidth, CutAfter = WithinPages } : null;
        pair.Migrate(async () =>
        {
            await Wait.ForAsync(pair.Timeline, TimeSpan.FromMilliseconds(250));
            pair.Destination.Core.Yank();
        });
        Assert.That(pair.Source.Core.Query().ErrorDesc, Is.EqualTo("Unable to write to socket: Broken pipe"));
        pair.CheckOneRuns("a channel is cut");
        pair.CheckIdle();
    }

    private static IEnumerable<TestCaseData> BadPackets()
    {
        yield return Bad("no such block", p => p.Block = "rom", "multifd: unknown ram block rom");
        yield return Bad("behind the block", p => p.Offsets[0] = 4 << 20, "multifd: offset too long 4194304 (max 400000)");
        yield return Bad("far behind the block", p => p.Offsets[0] = ulong.MaxValue - 4095, "multifd: offset too long 18446744073709547520 (max 400000)");
        yield return Bad("between pages", p => p.Offsets[0] = 4095, "multifd: offset 4095 is not that of a page");
        yield return Bad("zlib", p => p.Flags = MultifdFlags.Zlib, "multifd 0: flags received 2 flags expected 0");
        yield return Bad(
            "device state", p => p.Flags = MultifdFlags.DeviceState, "multifd: received device state, and no device here takes any");
        yield return new TestCaseData(
            "another magic", new byte[12], "multifd: received packet magic 0, expected 11223344") { TestName = "Packet_is_refused(\"early\")" };

        static TestCaseData Bad(string name, Action<MultifdPacket> spoil, string reason)
        {
            var packet = new MultifdPacket { Room = 128, NormalPages = 1, DataLength = 4096, Block = "ram" };
            spoil(packet);
            byte[] bytes = new byte[MultifdPacket.Length + 4096];
            packet.Write(bytes);
            return new TestCaseData(name, bytes, reason) { TestName = $"Packet_is_refused(\"{name}\")" };
        }
    }

    [TestCaseSource(nameof(BadPackets))]
    public void Packet_is_refused(string name, byte[] packet, string reason)
    {
        using MigrationPair pair = Create();
        pair.Timeline.Run(async () =>
        {
            pair.Destination.Listening("/mig");
            IMigrationChannel main = await pair.Network.ConnectAsync(MigrationPair.Address, default);
            IMigrationChannel one = await pair.Network.ConnectAsync(MigrationPair.Address, default);
            IMigrationChannel two = await pair.Network.ConnectAsync(MigrationPair.Address, default);
            await main.SendAsync([0x51, 0x45, 0x56, 0x4d, 0, 0, 0, 3]);
            await two.SendAsync(MultifdGreeting.Write(null, 1));
            await one.SendAsync([.. MultifdGreeting.Write(null, 0), .. packet]);
            await Wait.EndAsync(pair.Destination, pair.Timeline);
        });
        Assert.That(pair.Destination.LoadError, Is.EqualTo(reason), name);
        Assert.That(pair.Destination.Ram().AsSpan().ContainsAnyExcept((byte)0), Is.False);
        pair.CheckIdle();
    }

    [TestCase(11, "Unexpected end-of-file before all data were read")]
    [TestCase(12, "multifd: unexpected EOF after packet header")]
    [TestCase(13, "Unexpected end-of-file before all data were read")]
    [TestCase(1343, "Unexpected end-of-file before all data were read")]
    [TestCase(1344, "Unexpected end-of-file before all data were read")]
    [TestCase(1344 + 4095, "Unexpected end-of-file before all data were read")]
    public void Channel_ends_in_a_packet(int length, string reason)
    {
        byte[] bytes = new byte[MultifdPacket.Length + 4096];
        new MultifdPacket { Room = 128, NormalPages = 1, DataLength = 4096, Block = "ram" }.Write(bytes);
        using MigrationPair pair = Create();
        pair.Timeline.Run(async () =>
        {
            pair.Destination.Listening("/mig");
            IMigrationChannel main = await pair.Network.ConnectAsync(MigrationPair.Address, default);
            IMigrationChannel one = await pair.Network.ConnectAsync(MigrationPair.Address, default);
            IMigrationChannel two = await pair.Network.ConnectAsync(MigrationPair.Address, default);
            await main.SendAsync([0x51, 0x45, 0x56, 0x4d]);
            await two.SendAsync(MultifdGreeting.Write(null, 1));
            await one.SendAsync([.. MultifdGreeting.Write(null, 0), .. bytes[..length]]);
            one.Dispose();
            await Wait.EndAsync(pair.Destination, pair.Timeline);
        });
        string error = pair.Destination.LoadError!;
        Assert.That(error, Is.EqualTo(reason));
        pair.CheckIdle();
    }

    // Around each bound of what a connection carries, and in between.
    private static IEnumerable<long> Lengths(int connection)
    {
        int[] bounds = connection == 0 ? [0, 4, 8, 17, 60, 100, 150] : [0, 4, 64, 64 + 12, 64 + 1344, 64 + 1344 + 12, 64 + (2 * 1344)];
        foreach (int bound in bounds)
        {
            yield return bound;
            yield return bound + 1;
            yield return bound + 3;
        }

        var random = new Random(connection);
        for (int i = 0; i < 12; i++) yield return random.NextInt64(connection == 0 ? 1200 : 900_000);
    }

    private static MigrationPair Create(MultiFDCompression compression = MultiFDCompression.None, int channels = Channels) =>
        new([MigrationCapability.Multifd, MigrationCapability.ReturnPath], Parameters(channels, compression));

    private static MigrateSetParameters Parameters(int channels, MultiFDCompression compression = MultiFDCompression.None) =>
        new() { MultifdChannels = (byte)channels, MultifdCompression = compression };
}
