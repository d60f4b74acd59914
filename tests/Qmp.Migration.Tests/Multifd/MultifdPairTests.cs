using Qmp.Devices.Workload;
using Qmp.Migration.Channels.Virtual;
using Qmp.Migration.Tests.Support;
using Qmp.Types;

namespace Qmp.Migration.Tests.Multifd;

/// <summary>A guest moves over several channels as over one.</summary>
[TestFixture]
internal sealed class MultifdPairTests
{
    private const int Bandwidth = 2_000_000;

    [Test]
    public void A_guest_moves_with_all_its_memory(
        [Values(1, 2, 4, 16)] int channels, [Values] bool returnPath, [Values] MultiFDCompression compression)
    {
        if (compression is not (MultiFDCompression.None or MultiFDCompression.Zlib or MultiFDCompression.Zstd)) return;
        using MigrationPair pair = Create(channels, returnPath, compression).Fill();
        pair.Migrate();
        pair.CheckMoved();
        pair.CheckIdle();
        MigrationStats ram = pair.Source.Core.Query().Ram!;
        Assert.That(ram.Normal + ram.Duplicate, Is.EqualTo((4 << 20) / 4096));
        Assert.That(ram.Duplicate, Is.GreaterThan(400));
        Assert.That(ram.PrecopyBytes, Is.EqualTo(8), "the main stream's own");
    }

    [Test]
    public void A_guest_that_writes_loses_no_write(
        [Values(1, 2, 4, 16)] int channels, [Values] MultiFDCompression compression, [Values] ZeroPageDetection detection)
    {
        if (compression is not (MultiFDCompression.None or MultiFDCompression.Zlib or MultiFDCompression.Zstd)) return;
        if (detection == ZeroPageDetection.Unrecognized) return;
        var workload = new WorkloadSettings { Rate = 400_000, WorkingSet = 1 << 20 };
        using var pair = new MigrationPair(
            Capabilities(returnPath: true), Parameters(channels, compression, detection), workload: workload);
        pair.Network.Link = new LinkSettings { Bandwidth = Bandwidth };
        pair.Fill();
        pair.Migrate();
        pair.CheckMoved();
        if (compression == MultiFDCompression.None) Assert.That(pair.Source.Core.Query().Ram!.DirtySyncCount, Is.GreaterThan(2));
    }

    [TestCase(2)]
    [TestCase(4)]
    [TestCase(16)]
    public void Channels_share_the_link(int channels)
    {
        long one = TimeOf(1);
        Assert.That(one, Is.GreaterThan(1000));
        Assert.That(TimeOf(channels), Is.EqualTo(one).Within(3).Percent);

        static long TimeOf(int count)
        {
            using MigrationPair pair = Create(count, returnPath: true).Fill();
            pair.Network.Link = new LinkSettings { Bandwidth = Bandwidth, Buffer = 32 * 1024 };
            pair.Migrate();
            pair.CheckMoved();
            return pair.Took;
        }
    }

    [Test]
    public void Rate_limit_counts_all_channels([Values(1, 4)] int channels)
    {
        using var pair = new MigrationPair(
            Capabilities(returnPath: true), Parameters(channels) with { MaxBandwidth = 16 << 20 }, ram: 64 << 20);
        pair.Fill(1);
        pair.Migrate();
        pair.CheckMoved();
        Assert.That(pair.Took, Is.InRange(2000, 4100), "64 MiB at 16 MiB a second, but for what is sent in the downtime");
    }

    [Test]
    public void Switchover_waits_for_the_destinations_devices([Values(1, 4)] int channels)
    {
        using var pair = new MigrationPair(
            [MigrationCapability.SwitchoverAck, .. Capabilities(returnPath: true)], Parameters(channels));
        foreach (TestMachine machine in new[] { pair.Source, pair.Destination })
        {
            machine.Core.Entries.Add(new AckDevice(TimeSpan.FromSeconds(2)));
        }

        pair.Fill();
        pair.Migrate();
        pair.CheckMoved();
        Assert.That(pair.Took, Is.InRange(2000, 2500));
    }

    [Test]
    public void Sections_are_synced_as_old_machines_do([Values(1, 4)] int channels)
    {
        using MigrationPair pair = Create(channels, returnPath: true).Fill();
        pair.Source.Core.Options.SyncsSections = true;
        pair.Destination.Core.Options.SyncsSections = true;
        pair.Network.Link = new LinkSettings { Bandwidth = Bandwidth };
        pair.Migrate();
        pair.CheckMoved();
        pair.CheckIdle();
    }

    [Test]
    public void Channels_may_come_late([Values(0, 1, 3, 4)] int late)
    {
        using MigrationPair pair = Create(4, returnPath: true).Fill();
        pair.Connector.DelayOf = number => number == late ? TimeSpan.FromSeconds(3) : TimeSpan.Zero;
        pair.Migrate(async () =>
        {
            await Wait.ForAsync(pair.Timeline, TimeSpan.FromSeconds(2));
            Assert.That(pair.Source.Status, Is.EqualTo(MigrationStatus.Setup));
            Assert.That(pair.Destination.Status, Is.EqualTo(MigrationStatus.Setup));
        });
        pair.CheckMoved();
        pair.CheckIdle();
    }

    private static MigrationPair Create(int channels, bool returnPath, MultiFDCompression compression = MultiFDCompression.None) =>
        new(Capabilities(returnPath), Parameters(channels, compression));

    private static MigrationCapability[] Capabilities(bool returnPath) =>
        returnPath ? [MigrationCapability.Multifd, MigrationCapability.ReturnPath] : [MigrationCapability.Multifd];

    private static MigrateSetParameters Parameters(
        int channels,
        MultiFDCompression compression = MultiFDCompression.None,
        ZeroPageDetection detection = ZeroPageDetection.Multifd) =>
        new() { MultifdChannels = (byte)channels, MultifdCompression = compression, ZeroPageDetection = detection };
}
