using Qmp.Devices.Workload;
using Qmp.Machine.Memory;
using Qmp.Migration.Channels.Virtual;
using Qmp.Migration.Tests.Support;
using Qmp.Types;

namespace Qmp.Migration.Tests.Postcopy;

/// <summary>Pairs of machines whose guest goes before its memory.</summary>
internal static class PostcopyMachines
{
    public static readonly MigrationCapability[] Capabilities = [MigrationCapability.Events, MigrationCapability.PostcopyRam];

    /// <summary>A link on which memory takes its time.</summary>
    public static MigrationPair Slow(
        WorkloadSettings? workload = null, MigrateSetParameters? parameters = null, params MigrationCapability[] further)
    {
        var pair = new MigrationPair([.. Capabilities, .. further], parameters, workload: workload);
        pair.Network.Link = new LinkSettings { Bandwidth = 4 << 20, Latency = TimeSpan.FromMilliseconds(1) };
        return pair;
    }

    /// <summary>Writes all over memory faster than the link can follow.</summary>
    public static WorkloadSettings Busy => new() { Rate = 16 << 20, WorkingSet = 3 << 20 };

    /// <summary>Starts postcopy when the source is active.</summary>
    public static async ValueTask StartAsync(this MigrationPair pair)
    {
        await Wait.UntilAsync(pair.Timeline, () => pair.Source.Status == MigrationStatus.Active);
        pair.Source.Core.StartPostcopy();
    }

    /// <summary>Waits until the guest is at the destination and its memory follows.</summary>
    public static async ValueTask FollowAsync(this MigrationPair pair)
    {
        await pair.StartAsync();
        await Wait.UntilAsync(
            pair.Timeline,
            () => pair.Destination.Machine.IsRunning && pair.Source.Status == MigrationStatus.PostcopyActive,
            () => $"{pair.Source.Status} {pair.Source.Core.Query().ErrorDesc}, {pair.Destination.Status} {pair.Destination.LoadError}");
    }

    /// <summary>Reads one byte of the destination's memory, waiting for its page.</summary>
    public static async ValueTask<byte> TouchAsync(this MigrationPair pair, long page)
    {
        byte[] data = new byte[1];
        await pair.Destination.Machine.Memory.ReadAsync((ulong)page * RamBlock.PageSize, data);
        return data[0];
    }

    /// <summary>Where a source comes to that is paused.</summary>
    public static MigrationAddress Anew => TestMachine.Unix("/anew");

    /// <summary>Waits until both ends have lost their connection.</summary>
    public static async ValueTask PausedAsync(this MigrationPair pair) => await Wait.UntilAsync(
        pair.Timeline,
        () => pair.Source.Status == MigrationStatus.PostcopyPaused && pair.Destination.Status == MigrationStatus.PostcopyPaused,
        () => $"{pair.Source.Status}, {pair.Destination.Status}");

    /// <summary>Makes another connection.</summary>
    public static void Recover(this MigrationPair pair)
    {
        pair.Destination.Core.RecoverPostcopy(Anew);
        pair.Source.Core.Migrate(new MigrationRequest(Anew, Resume: true));
    }
}
