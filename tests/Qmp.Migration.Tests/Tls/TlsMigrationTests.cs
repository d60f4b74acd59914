using Qmp.Machine.Time;
using Qmp.Migration.Channels;
using Qmp.Migration.Channels.Tls;
using Qmp.Migration.Channels.Virtual;
using Qmp.Migration.Options;
using Qmp.Migration.Rules;
using Qmp.Migration.Tests.Postcopy;
using Qmp.Migration.Tests.Support;
using Qmp.Types;
using Serilog.Core;

namespace Qmp.Migration.Tests.Tls;

/// <summary>Migrations over TLS in virtual time, and peers that do not come to an end.</summary>
[TestFixture]
internal sealed class TlsMigrationTests
{
    [TestCase("psk")]
    [TestCase("anon")]
    [TestCase("x509")]
    [TestCase("psk", MigrationCapability.ReturnPath)]
    [TestCase("psk", MigrationCapability.ReturnPath, MigrationCapability.SwitchoverAck)]
    [TestCase("psk", MigrationCapability.Multifd)]
    [TestCase("x509", MigrationCapability.Multifd, MigrationCapability.ReturnPath)]
    public void Guest_arrives(string kind, params MigrationCapability[] capabilities)
    {
        using var ends = new TlsEnds(kind);
        using MigrationPair pair = Pair(ends, capabilities);
        byte[] secret = new byte[64 << 10];
        new Random(7).NextBytes(secret);
        pair.Source.Machine.Memory.Load(0, secret);
        var seen = new MemoryStream();
        pair.Network.ForwardTap = bytes => seen.Write(bytes.Span);
        pair.Migrate();
        Assert.That(pair.Source.Core.Query().Status, Is.EqualTo(MigrationStatus.Completed));
        Assert.That(pair.Destination.Core.Query().Status, Is.EqualTo(MigrationStatus.Completed));
        byte[] arrived = new byte[secret.Length];
        pair.Destination.Machine.Memory.ReadAsync(0, arrived).AsTask().GetAwaiter().GetResult();
        Assert.That(arrived, Is.EqualTo(secret));
        Assert.That(seen.GetBuffer().AsSpan(0, (int)seen.Length).IndexOf(secret.AsSpan(100, 32)), Is.Negative, "nothing travels in clear");
    }

    [Test]
    public void Guest_goes_ahead_of_its_memory_and_its_connection_may_be_cut(
        [Values("psk", "x509")] string kind, [Values] bool preempt, [Values] bool isCut)
    {
        using var ends = new TlsEnds(kind);
        MigrationCapability[] capabilities = [.. PostcopyMachines.Capabilities, .. preempt ? [MigrationCapability.PostcopyPreempt] : Array.Empty<MigrationCapability>()];
        using MigrationPair pair = Pair(ends, capabilities).Fill(share: 1);
        pair.Network.Link = new LinkSettings { Bandwidth = 4 << 20, Latency = TimeSpan.FromMilliseconds(1) };
        pair.Migrate(async () =>
        {
            await pair.FollowAsync();
            await pair.TouchAsync(pair.Source.Machine.Memory.Blocks[0].Pages - 1);
            if (!isCut) return;
            pair.Source.Core.PausePostcopy();
            await pair.PausedAsync();
            pair.Recover();
        });
        pair.CheckMoved();
        Assert.That(pair.Source.Core.Query().Ram!.PostcopyRequests, Is.Positive);
        Assert.That(pair.Source.EventNames.Contains("MIGRATION postcopy-recover"), Is.EqualTo(isCut));
    }

    [TestCase("psk")]
    [TestCase("x509")]
    public void A_slow_peer_is_waited_for(string kind)
    {
        using var ends = new TlsEnds(kind);
        using MigrationPair pair = Pair(ends, MigrationCapability.ReturnPath);
        pair.Network.Link = new LinkSettings { Bandwidth = 500, Latency = TimeSpan.FromMilliseconds(400) };
        pair.Migrate();
        pair.CheckMoved();
        Assert.That(pair.Took, Is.GreaterThan(5000));
    }

    // Without TLS, an end between two sections is as good as any other; with it, it lacks the source's word for the end.
    [TestCase("psk", 0.2)]
    [TestCase("psk", 0.5)]
    [TestCase("psk", 0.9)]
    [TestCase("x509", 0.5)]
    [TestCase("x509", 0.9)]
    public void A_connection_that_is_cut_is_an_error_of_the_destination(string kind, double share)
    {
        using var ends = new TlsEnds(kind);
        long sent = 0;
        using (MigrationPair whole = Pair(ends).Fill())
        {
            whole.Network.ForwardTap = bytes => sent += bytes.Length;
            whole.Migrate();
            whole.CheckMoved();
        }

        using MigrationPair pair = Pair(ends).Fill();
        pair.Network.Link = new LinkSettings { CutAfter = (long)(sent * share) };
        pair.Migrate();
        Assert.That(pair.Destination.Status, Is.EqualTo(MigrationStatus.Failed));
        Assert.That(pair.Destination.LoadError, Does.StartWith("load of migration failed: "));
        Assert.That(pair.Destination.Machine.IsRunning, Is.False);
        Assert.That(pair.Source.Status, Is.EqualTo(MigrationStatus.Failed));
        Assert.That(pair.Source.Machine.IsRunning, Is.True, "the guest is still here");
    }

    [Test]
    public void Half_open_handshakes_are_bounded_and_a_source_still_comes()
    {
        using var ends = new TlsEnds();
        var timeline = new VirtualTimeline();
        var network = new VirtualNetwork(timeline);
        var options = new MigrationOptions(MigrationRules.Default) { Tls = ends };
        options.SetParameters(new MigrateSetParameters { TlsCreds = new StrOrNull.S(TlsEnds.Id) });
        var listener = new TlsListener(network.Listen(MigrationPair.Address, () => { }), timeline, options, Logger.None);
        IMigrationChannel? accepted = null;
        timeline.Run(async () =>
        {
            Activity accepting = timeline.Start("accept", async () => accepted = await listener.AcceptAsync());
            var silent = new List<IMigrationChannel>();
            for (int count = 0; count < 1000; count++) silent.Add(await network.ConnectAsync(MigrationPair.Address, default));
            IMigrationChannel source = TlsOutgoing.Wrap(await network.ConnectAsync(MigrationPair.Address, default), MigrationPair.Address, options);
            await ((TlsChannel)source).HandshakeAsync();
            await accepting.JoinAsync();
            Assert.That(listener.Pending, Is.LessThanOrEqualTo(TlsListener.MostHandshakes));
            listener.Dispose();
            foreach (IMigrationChannel channel in silent) Assert.That(await channel.WaitForHangUpAsync(TimeSpan.FromSeconds(1)), "all are let go");
        });
        Assert.That(accepted, Is.InstanceOf<TlsChannel>());
        Assert.That(listener.Pending, Is.Zero);
    }

    [Test]
    public void Cancel_ends_a_handshake_at_once()
    {
        using var ends = new TlsEnds();
        using MigrationPair pair = Pair(ends);
        TestMachine source = pair.Source;
        pair.Timeline.Run(async () =>
        {
            using IMigrationListener silent = pair.Network.Listen(MigrationPair.Address, () => { });
            source.Core.Migrate(new MigrationRequest(MigrationPair.Address));
            Assert.That(await silent.AcceptAsync(), Is.Not.Null);
            Assert.That(source.Core.Query().Status, Is.EqualTo(MigrationStatus.Setup));
            source.Core.Cancel();
            await source.Core.JoinAsync();
        });
        Assert.That(source.Core.Query().Status, Is.EqualTo(MigrationStatus.Cancelled));
    }

    [Test]
    public void Yank_ends_a_handshake_and_the_migration_fails()
    {
        using var ends = new TlsEnds();
        using MigrationPair pair = Pair(ends);
        TestMachine source = pair.Source;
        pair.Timeline.Run(async () =>
        {
            using IMigrationListener silent = pair.Network.Listen(MigrationPair.Address, () => { });
            source.Core.Migrate(new MigrationRequest(MigrationPair.Address));
            Assert.That(await silent.AcceptAsync(), Is.Not.Null);
            source.Core.Yank();
            await source.Core.JoinAsync();
        });
        Assert.That(source.Core.Query().Status, Is.EqualTo(MigrationStatus.Failed));
        Assert.That(source.Core.Query().ErrorDesc, Does.StartWith("TLS handshake failed: "));
    }

    private static MigrationPair Pair(TlsEnds ends, params MigrationCapability[] capabilities)
    {
        var pair = new MigrationPair(
            capabilities, new MigrateSetParameters { TlsCreds = new StrOrNull.S(TlsEnds.Id), TlsHostname = new StrOrNull.S(TlsEnds.HostName) });
        pair.Source.Core.Options.Tls = ends;
        pair.Destination.Core.Options.Tls = ends;
        return pair;
    }
}
