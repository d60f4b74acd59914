using Qmp.Api;
using Qmp.Interop.Emulators;
using Qmp.TestSupport;
using Qmp.Types;

namespace Qmp.Interop.Endurance;

/// <summary>One migration away from a machine that lives on, after which its guest runs there again.</summary>
internal sealed class EnduranceTurn : IDisposable
{
    private readonly EnduranceWay _way;
    private readonly EnduranceVm _home;
    private readonly EnduranceGuest _guest;
    private readonly Random _random;
    private readonly TemporaryFolder _folder = new();
    private readonly EventLog _left;

    public EnduranceTurn(EnduranceWay way, EnduranceVm home, EnduranceGuest guest, Random random)
    {
        _way = way;
        _home = home;
        _guest = guest;
        _random = random;
        _left = new EventLog(home.Qmp.Subscribe());
    }

    private string Uri => _way.IsStored ? $"file:{_folder.File("stream")}" : $"unix:{_folder.File("stream")}";

    /// <exception cref="InteropException">Something is not as it must be.</exception>
    public async Task RunAsync(EnduranceVm destination)
    {
        try
        {
            await LeaveAsync(destination).ConfigureAwait(false);
        }
        finally
        {
            await GoOnAsync().ConfigureAwait(false);
        }
    }

    public void Dispose()
    {
        _left.Dispose();
        _folder.Dispose();
    }

    private async Task LeaveAsync(EnduranceVm destination)
    {
        using var arrived = new EventLog(destination.Qmp.Subscribe());
        MigrationCapability[] both = [.. _way.Capabilities, MigrationCapability.Events];
        await SetAsync(_home).ConfigureAwait(false);
        await _home.SwitchAsync(on: true, both).ConfigureAwait(false);
        await SetAsync(destination).ConfigureAwait(false);
        await destination.SwitchAsync(on: true, _way.KeepsGuest ? [MigrationCapability.Events] : both).ConfigureAwait(false);

        if (!_way.IsStored) await destination.Migration.MigrateIncomingAsync(new() { Uri = Uri }).ConfigureAwait(false);
        await _home.Migration.MigrateAsync(new() { Uri = Uri }).ConfigureAwait(false);
        if (_way.End != EnduranceEnd.None)
        {
            await BreakAsync(destination).ConfigureAwait(false);
        }
        else
        {
            if (_way.GoesAhead) await GoAheadAsync(destination, arrived).ConfigureAwait(false);
            await RequireCompletedAsync(_home, _left).ConfigureAwait(false);
            if (_way.IsStored) await destination.Migration.MigrateIncomingAsync(new() { Uri = Uri }).ConfigureAwait(false);
            await RequireCompletedAsync(destination, arrived).ConfigureAwait(false);
            await RequireMemoryAsync(destination).ConfigureAwait(false);
        }
    }

    // Also after a failure, or each turn after it would fail as well.
    private async Task GoOnAsync()
    {
        if (await _home.QuerySettledRunStateAsync().ConfigureAwait(false) != RunState.Running)
        {
            await _home.Qmp.ContAsync().ConfigureAwait(false);
        }

        await _home.SwitchAsync(on: false, _way.Capabilities).ConfigureAwait(false);
    }

    // What breaks it, or goes ahead, has to find it on its way.
    private async Task SetAsync(EnduranceVm vm)
    {
        bool isSlow = _way.End != EnduranceEnd.None || _way.GoesAhead;
        int most = _way.GoesAhead ? 16 : 128;
        await vm.Migration.MigrateSetParametersAsync(new()
        {
            MaxBandwidth = isSlow ? (ulong)_random.Next(most / 2, most) << 20 : 0,
            MaxPostcopyBandwidth = (ulong)_random.Next(16, 64) << 20,
            MultifdCompression = _way.Compression,
            XbzrleCacheSize = EnduranceGuest.MemorySize,
        }).ConfigureAwait(false);
    }

    private Task WaitAsync(int most) => Task.Delay(_random.Next(most));

    private async Task BreakAsync(EnduranceVm destination)
    {
        await WaitAsync(500).ConfigureAwait(false);
        if (_way.End == EnduranceEnd.Kill) destination.Kill();
        else await _home.Qmp.MigrateCancelAsync().ConfigureAwait(false);
        await _left.WhenEndedAsync().ConfigureAwait(false);
    }

    private async Task GoAheadAsync(EnduranceVm destination, EventLog arrived)
    {
        await _left.WhenAsync(MigrationStatus.Active).ConfigureAwait(false);
        await WaitAsync(100).ConfigureAwait(false);
        await _home.Qmp.MigrateStartPostcopyAsync().ConfigureAwait(false);
        if (!_way.IsCut) return;
        await _left.WhenAsync(MigrationStatus.PostcopyActive).ConfigureAwait(false);
        await arrived.WhenAsync("RESUME").ConfigureAwait(false);
        await WaitAsync(100).ConfigureAwait(false);
        if (EventLog.IsEnd($"MIGRATION {_left.LastStatus?.ToWireName()}")) return;
        try
        {
            await _home.Qmp.ExecuteRawAsync("migrate-pause").ConfigureAwait(false);
        }
        catch (Qmp.Client.QmpCommandException) when (_left.LastStatus == MigrationStatus.Completed)
        {
            return; // it was faster
        }

        await _left.WhenAsync(MigrationStatus.PostcopyPaused).ConfigureAwait(false);
        await arrived.WhenAsync(MigrationStatus.PostcopyPaused).ConfigureAwait(false);
        string again = $"unix:{_folder.File("again")}";
        await destination.Migration.MigrateRecoverAsync(new() { Uri = again }).ConfigureAwait(false);
        await _home.Migration.MigrateAsync(new() { Uri = again, Resume = true }).ConfigureAwait(false);
    }

    private static async Task RequireCompletedAsync(EnduranceVm vm, EventLog events)
    {
        await events.WhenEndedAsync().ConfigureAwait(false);
        if (events.LastStatus == MigrationStatus.Completed) return;
        string? reason = vm.Qmp.Completion.IsCompleted
            ? "it has ended"
            : (await vm.Migration.QueryMigrateAsync(new()).ConfigureAwait(false)).ErrorDesc;
        throw new InteropException($"{vm} has not completed: {events.LastStatus}, {reason}");
    }

    private async Task RequireMemoryAsync(EnduranceVm destination)
    {
        RunState state = await destination.QuerySettledRunStateAsync().ConfigureAwait(false);
        if (state != RunState.Running) throw new InteropException($"{destination} is {state}");
        await destination.Qmp.StopAsync().ConfigureAwait(false);
        _guest.Require($"memory of {destination}", await destination.ReadMemoryAsync(_folder).ConfigureAwait(false));
    }
}
