using Qmp.Machine.Time;
using Qmp.Migration.Options;
using Qmp.Types;

namespace Qmp.Migration.SaveState;

/// <summary>What a loader may use while its state is being loaded.</summary>
public sealed class LoadContext
{
    private readonly MigrationOptions _options;
    private readonly Func<ValueTask> _approve;
    private readonly Waker _interruption;

    /// <param name="timeline">Where the destination runs.</param>
    /// <param name="options">Capabilities and parameters of the destination.</param>
    /// <param name="approve">Tells the source, when the last device has called it, that switchover may begin.</param>
    /// <param name="interruption">Wakes the loading activity when the migration is cut.</param>
    internal LoadContext(Timeline timeline, MigrationOptions options, Func<ValueTask> approve, Waker interruption)
    {
        Timeline = timeline;
        _options = options;
        _approve = approve;
        _interruption = interruption;
    }

    /// <summary>Where the destination runs.</summary>
    public Timeline Timeline { get; }

    /// <summary>Whether a capability is on.</summary>
    public bool Has(MigrationCapability capability) => _options.Has(capability);

    /// <summary>One device that wanted to approve the switchover does so.</summary>
    public ValueTask ApproveSwitchoverAsync() => _approve();

    /// <summary>Lets a device's work take its time; less of it if the migration is cut meanwhile.</summary>
    public async ValueTask WorkAsync(TimeSpan duration) => await _interruption.WaitAsync(duration);
}
