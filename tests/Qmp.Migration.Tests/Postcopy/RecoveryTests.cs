using Qmp.Machine.Memory;
using Qmp.Migration.Status;
using Qmp.Migration.Tests.Support;
using Qmp.Types;

namespace Qmp.Migration.Tests.Postcopy;

/// <summary>A connection is lost when the guest has gone, and another is made.</summary>
[TestFixture]
internal sealed class RecoveryTests
{
    [Test]
    public void Both_ends_pause_and_go_on([Values] bool atTheSource)
    {
        using MigrationPair pair = PostcopyMachines.Slow(parameters: new() { MaxPostcopyBandwidth = 65536 });
        pair.Fill(1).Migrate(async () =>
        {
            await pair.FollowAsync();
            (atTheSource ? pair.Source : pair.Destination).Core.PausePostcopy();
            await pair.PausedAsync();
            MigrationInfo paused = pair.Source.Core.Query();
            Assert.That(paused.ErrorDesc, atTheSource ? Is.EqualTo("Postcopy migration is paused by the user") : Is.Not.Null);
            Assert.That(paused.Ram, Is.Not.Null);
            Assert.That(pair.Destination.Machine.RunState, Is.EqualTo(RunState.Running), "the guest stays where it is");
            pair.Recover();
            pair.Source.Core.Options.SetParameters(new() { MaxPostcopyBandwidth = 0 });
        });
        pair.CheckMoved();
        Assert.That(
            pair.Source.EventNames.SkipWhile(e => e != "MIGRATION postcopy-active"),
            Is.EqualTo(new[]
            {
                "MIGRATION postcopy-active", "MIGRATION postcopy-paused", "MIGRATION postcopy-recover-setup", "MIGRATION postcopy-recover",
                "MIGRATION postcopy-active", "MIGRATION completed",
            }));
        Assert.That(
            pair.Destination.EventNames.SkipWhile(e => e != "RESUME"),
            Is.EqualTo(new[]
            {
                "RESUME", "MIGRATION postcopy-paused", "MIGRATION postcopy-recover", "MIGRATION postcopy-active", "MIGRATION completed",
            }));
    }

    [TestCase(FaultPoint.Iterate, true)]
    [TestCase(FaultPoint.IterateDone, true)]
    [TestCase(FaultPoint.RamLoad, false)]
    [TestCase(FaultPoint.RamLoadDone, false)]
    [TestCase(FaultPoint.ReturnPathSend, false)]
    public void A_fault_that_cuts_the_connection_is_a_pause(FaultPoint point, bool atTheSource)
    {
        using MigrationPair pair = PostcopyMachines.Slow(PostcopyMachines.Busy);
        pair.Fill().Migrate(async () =>
        {
            await pair.FollowAsync();
            (atTheSource ? pair.Source : pair.Destination).Core.Faults.Set(new FaultPlan { Point = point, Action = FaultAction.Close });
            await pair.PausedAsync();
            pair.Recover();
        });
        pair.CheckMoved();
    }

    [Test]
    public void What_was_waited_for_is_asked_for_again()
    {
        using MigrationPair pair = PostcopyMachines.Slow(parameters: new() { MaxPostcopyBandwidth = 4096 });
        pair.Fill(1).Migrate(async () =>
        {
            await pair.FollowAsync();
            pair.Source.Core.PausePostcopy();
            await pair.PausedAsync();
            long page = pair.Source.Machine.Memory.Blocks[0].Pages - 1;
            ValueTask<byte> touched = pair.TouchAsync(page);
            await Wait.ForAsync(pair.Timeline, TimeSpan.FromSeconds(1));
            Assert.That(touched.IsCompleted, Is.False);
            pair.Recover();
            Assert.That(await touched, Is.EqualTo(pair.Source.Machine.Memory.Blocks[0].Peek((ulong)page * RamBlock.PageSize, 1)[0]));
            Assert.That(pair.Source.Core.Query().Ram!.PostcopyRequests, Is.EqualTo(1));
            pair.Source.Core.Options.SetParameters(new() { MaxPostcopyBandwidth = 0 });
        });
        pair.CheckMoved();
    }

    [Test]
    public void A_guest_that_works_loses_nothing()
    {
        using MigrationPair pair = PostcopyMachines.Slow(PostcopyMachines.Busy);
        pair.Fill().Migrate(async () =>
        {
            for (int i = 0; i < 3; i++)
            {
                if (i == 0) await pair.FollowAsync();
                else await Wait.UntilAsync(pair.Timeline, () => pair.Source.Status == MigrationStatus.PostcopyActive);
                await Wait.ForAsync(pair.Timeline, TimeSpan.FromMilliseconds(50));
                pair.Destination.Core.PausePostcopy();
                await pair.PausedAsync();
                pair.Recover();
            }
        });
        pair.CheckMoved();
    }

    [Test]
    public void A_recovery_that_fails_is_a_pause_again()
    {
        using MigrationPair pair = PostcopyMachines.Slow(parameters: new() { MaxPostcopyBandwidth = 65536 });
        pair.Fill(1).Migrate(async () =>
        {
            await pair.FollowAsync();
            pair.Source.Core.PausePostcopy();
            await pair.PausedAsync();

            // Nobody listens there.
            pair.Source.Core.Migrate(new MigrationRequest(PostcopyMachines.Anew, Resume: true));
            Assert.That(pair.Source.Status, Is.EqualTo(MigrationStatus.PostcopyRecoverSetup));
            await Wait.UntilAsync(pair.Timeline, () => pair.Source.Status == MigrationStatus.PostcopyPaused);
            Assert.That(pair.Source.Core.Query().ErrorDesc, Does.StartWith("Failed to connect"));

            // Another place takes the place of the first.
            pair.Destination.Core.RecoverPostcopy(TestMachine.Unix("/other"));
            pair.Recover();
            await Wait.UntilAsync(pair.Timeline, () => pair.Source.Status == MigrationStatus.PostcopyActive);
            Assert.That(pair.Source.Core.Query().ErrorDesc, Is.Null);
            pair.Source.Core.Options.SetParameters(new() { MaxPostcopyBandwidth = 0 });
        });
        pair.CheckMoved();
    }

    [Test]
    public void Only_what_is_paused_can_go_on()
    {
        using MigrationPair pair = PostcopyMachines.Slow(parameters: new() { MaxPostcopyBandwidth = 65536 });
        Refused(() => pair.Source.Core.Migrate(new MigrationRequest(PostcopyMachines.Anew, Resume: true)), "Cannot resume if there is no paused migration");
        pair.Fill(1).Migrate(async () =>
        {
            await pair.StartAsync();
            const string NotYet = "migrate-pause is currently only supported during postcopy-active or postcopy-recover state";
            Refused(pair.Source.Core.PausePostcopy, NotYet);
            Refused(pair.Destination.Core.PausePostcopy, NotYet);
            await pair.FollowAsync();
            Refused(() => pair.Destination.Core.RecoverPostcopy(PostcopyMachines.Anew), "Migrate recover can only be run when postcopy is paused.");
            Refused(() => pair.Source.Core.RecoverPostcopy(PostcopyMachines.Anew), "Migrate recover can only be run when postcopy is paused.");
            Refused(() => pair.Source.Core.Migrate(new MigrationRequest(PostcopyMachines.Anew, Resume: true)), "Cannot resume if there is no paused migration");
            Refused(() => pair.Source.Core.Migrate(new MigrationRequest(PostcopyMachines.Anew)), "There's a migration process in progress");
            pair.Source.Core.Options.SetParameters(new() { MaxPostcopyBandwidth = 0 });
        });
        pair.CheckMoved();
    }

    [Test]
    public void A_machine_can_end_while_it_is_paused()
    {
        using MigrationPair pair = PostcopyMachines.Slow(PostcopyMachines.Busy, new() { MaxPostcopyBandwidth = 4096 });
        pair.Fill(1).Timeline.Run(async () =>
        {
            pair.Destination.Listening("/mig");
            pair.Source.Running();
            pair.Source.Core.Migrate(new MigrationRequest(MigrationPair.Address));
            await pair.FollowAsync();
            pair.Source.Core.PausePostcopy();
            await pair.PausedAsync();
            pair.Source.Core.Shutdown();
            pair.Destination.Core.Shutdown();
            await pair.Source.Core.JoinAsync();
            await pair.Destination.Core.JoinAsync();
            await pair.Destination.Machine.StopAsync(RunState.Paused);
        });
        pair.CheckIdle();
        Assert.That(pair.Source.Machine.IsRunning, Is.False, "the guest is not here");
    }

    // Wherever the connection breaks, at most one end runs the guest, and what has gone ahead is recovered.
    [Test]
    public void A_connection_that_breaks_anywhere_leaves_one_guest([Range(0, 24)] int step)
    {
        using MigrationPair pair = PostcopyMachines.Slow();
        long cut = 20_000 + (step * 131);
        pair.Network.Link = pair.Network.Link with { CutAfter = cut };
        pair.Fill(0.02, seed: 5);
        pair.Timeline.Run(async () =>
        {
            pair.Destination.Listening("/mig");
            pair.Source.Running();
            pair.Source.Core.Migrate(new MigrationRequest(MigrationPair.Address));
            pair.Source.Core.StartPostcopy();
            await Wait.UntilAsync(
                pair.Timeline,
                () => pair.Source.Status is MigrationStatus.Failed or MigrationStatus.PostcopyPaused or MigrationStatus.Completed
                    && pair.Destination.Status is MigrationStatus.Failed or MigrationStatus.PostcopyPaused or MigrationStatus.Completed,
                () => $"{pair.Source.Status} {pair.Destination.Status}");
            await Wait.ForAsync(pair.Timeline, TimeSpan.FromSeconds(1));
            Assert.That(pair.Source.Machine.IsRunning && pair.Destination.Machine.IsRunning, Is.False, "two guests");
            if (pair.Destination.Status != MigrationStatus.PostcopyPaused) return;
            Assert.That(pair.Destination.Machine.IsRunning);
            pair.Network.Link = pair.Network.Link with { CutAfter = null };
            pair.Recover();
            await Wait.EndAsync(pair.Source, pair.Timeline);
        });
        if (pair.Source.Status == MigrationStatus.Completed) Assert.That(pair.Destination.Ram().AsSpan().SequenceEqual(pair.Source.Ram()));
    }

    private static void Refused(Action action, string text) =>
        Assert.That(Assert.Throws<MigrationException>(() => action())!.Message, Is.EqualTo(text));
}
