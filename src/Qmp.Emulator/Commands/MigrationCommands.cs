using Qmp.Api;
using Qmp.Emulator.Blocks;
using Qmp.Emulator.Control;
using Qmp.Emulator.Jobs;
using Qmp.Migration;
using Qmp.Migration.DirtyRate;
using Qmp.Migration.Options;
using Qmp.Migration.Status;
using Qmp.Types;

namespace Qmp.Emulator.Commands;

/// <summary>The commands of migration.json.</summary>
internal sealed class MigrationCommands : IMigrationCommands, IMigrationOobCommands
{
    private readonly MigrationCore _core;
    private readonly IncomingPolicy _incoming;
    private readonly JobList _jobs;
    private readonly InternalSnapshots _snapshots;

    public MigrationCommands(MigrationCore core, IncomingPolicy incoming, JobList jobs, InternalSnapshots snapshots)
    {
        _core = core;
        _incoming = incoming;
        _jobs = jobs;
        _snapshots = snapshots;
    }

    public ValueTask<MigrationInfo> QueryMigrateAsync(
        QueryMigrateArguments arguments, CancellationToken cancellationToken) => new(_core.Query());

    public ValueTask MigrateSetCapabilitiesAsync(
        MigrateSetCapabilitiesArguments arguments, CancellationToken cancellationToken)
    {
        _core.SetCapabilities(arguments.Capabilities);
        return ValueTask.CompletedTask;
    }

    public ValueTask<IReadOnlyList<MigrationCapabilityStatus>> QueryMigrateCapabilitiesAsync(
        QueryMigrateCapabilitiesArguments arguments, CancellationToken cancellationToken) =>
        new([
            .. CapabilityTable.In(_core.Options.Rules).Select(
                row => new MigrationCapabilityStatus { Capability = row.Capability, State = _core.Options.Has(row.Capability) }),
        ]);

    public ValueTask MigrateSetParametersAsync(MigrateSetParameters arguments, CancellationToken cancellationToken)
    {
        _core.Options.SetParameters(arguments);
        return ValueTask.CompletedTask;
    }

    public ValueTask<MigrationParameters> QueryMigrateParametersAsync(
        QueryMigrateParametersArguments arguments, CancellationToken cancellationToken) =>
        new(_core.Options.Parameters);

    public ValueTask MigrateAsync(MigrateArguments arguments, CancellationToken cancellationToken)
    {
        _core.Migrate(MigrationTarget.OfMigrate(arguments.Uri, arguments.Channels, arguments.Resume == true, _core.Options.Rules));
        return ValueTask.CompletedTask;
    }

    public ValueTask MigrateIncomingAsync(MigrateIncomingArguments arguments, CancellationToken cancellationToken)
    {
        _core.CheckIncoming();
        MigrationAddress address = MigrationTarget.OfIncoming(arguments.Uri, arguments.Channels, _core.Options.Rules);
        _incoming.ExitOnError = arguments.ExitOnError ?? true;
        _core.MigrateIncoming(address);
        return ValueTask.CompletedTask;
    }

    public ValueTask MigrateCancelAsync(MigrateCancelArguments arguments, CancellationToken cancellationToken)
    {
        _core.Cancel();
        return ValueTask.CompletedTask;
    }

    public ValueTask MigrateStartPostcopyAsync(
        MigrateStartPostcopyArguments arguments, CancellationToken cancellationToken)
    {
        _core.StartPostcopy();
        return ValueTask.CompletedTask;
    }

    public ValueTask MigratePauseAsync(MigratePauseArguments arguments, CancellationToken cancellationToken)
    {
        _core.PausePostcopy();
        return ValueTask.CompletedTask;
    }

    public ValueTask MigrateRecoverAsync(MigrateRecoverArguments arguments, CancellationToken cancellationToken)
    {
        _core.CheckRecover();
        _core.RecoverPostcopy(MigrationTarget.OfIncoming(arguments.Uri, null, _core.Options.Rules));
        return ValueTask.CompletedTask;
    }

    public ValueTask<IReadOnlyList<MigrationThreadInfo>> QueryMigrationthreadsAsync(
        QueryMigrationthreadsArguments arguments, CancellationToken cancellationToken) =>
        new([.. _core.Threads.Select(t => new MigrationThreadInfo { Name = t.Name, ThreadId = t.ThreadId })]);

    public ValueTask<IReadOnlyList<DirtyLimitInfo>> QueryVcpuDirtyLimitAsync(
        QueryVcpuDirtyLimitArguments arguments, CancellationToken cancellationToken) => new(DirtyLimits.All);

    public ValueTask SetVcpuDirtyLimitAsync(SetVcpuDirtyLimitArguments arguments, CancellationToken cancellationToken)
    {
        DirtyLimits.Set();
        return ValueTask.CompletedTask;
    }

    public ValueTask CancelVcpuDirtyLimitAsync(CancelVcpuDirtyLimitArguments arguments, CancellationToken cancellationToken)
    {
        DirtyLimits.Cancel();
        return ValueTask.CompletedTask;
    }

    public ValueTask<COLOStatus> QueryColoStatusAsync(
        QueryColoStatusArguments arguments, CancellationToken cancellationToken) => new(Colo.Status);

    public ValueTask CalcDirtyRateAsync(CalcDirtyRateArguments arguments, CancellationToken cancellationToken)
    {
        _core.DirtyRate.Start(arguments);
        return ValueTask.CompletedTask;
    }

    public ValueTask<DirtyRateInfo> QueryDirtyRateAsync(
        QueryDirtyRateArguments arguments, CancellationToken cancellationToken) =>
        new(_core.DirtyRate.Query(arguments.CalcTimeUnit ?? TimeUnit.Second));

    public ValueTask MigrateContinueAsync(MigrateContinueArguments arguments, CancellationToken cancellationToken)
    {
        _core.Continue(arguments.State);
        return ValueTask.CompletedTask;
    }

    public ValueTask XColoLostHeartbeatAsync(XColoLostHeartbeatArguments arguments, CancellationToken cancellationToken)
    {
        Colo.LoseHeartbeat();
        return ValueTask.CompletedTask;
    }

    public ValueTask SnapshotSaveAsync(SnapshotSaveArguments arguments, CancellationToken cancellationToken) => Start(
        arguments.JobId,
        JobType.SnapshotSave,
        () => _snapshots.Save(arguments.Tag, arguments.Vmstate, arguments.Devices, replaces: false));

    public ValueTask SnapshotLoadAsync(SnapshotLoadArguments arguments, CancellationToken cancellationToken) => Start(
        arguments.JobId,
        JobType.SnapshotLoad,
        () => _snapshots.Load(arguments.Tag, arguments.Vmstate, arguments.Devices),
        _snapshots.StopAsync);

    public ValueTask SnapshotDeleteAsync(SnapshotDeleteArguments arguments, CancellationToken cancellationToken) => Start(
        arguments.JobId,
        JobType.SnapshotDelete,
        () => _snapshots.Delete(arguments.Tag, arguments.Devices));

    private ValueTask Start(string id, JobType type, Action work, Func<ValueTask>? begin = null) => _jobs.StartAsync(
        id,
        type,
        begin ?? (() => default),
        () =>
        {
            work();
            return default;
        });

    public ValueTask<ReplicationStatus> QueryXenReplicationStatusAsync(
        QueryXenReplicationStatusArguments arguments, CancellationToken cancellationToken) => new(new ReplicationStatus { Error = false });
}
