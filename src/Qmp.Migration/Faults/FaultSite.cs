using Qmp.Migration.Channels;
using Qmp.Types;

namespace Qmp.Migration.Faults;

/// <summary>One end of a migration reaches its fault points here.</summary>
internal sealed class FaultSite(FaultPoints points, IFaultTarget target)
{
    /// <summary>Does what is planned for the point; nothing if nothing is.</summary>
    /// <exception cref="FaultException">A fault that is set at this point makes the migration fail.</exception>
    public ValueTask AtAsync(FaultPoint point) => points.IsArmed ? ReachAsync(point) : default;

    /// <summary>Does what is planned for a point where something can be left out or done wrong.</summary>
    /// <returns>What is left to the caller to do: <see cref="FaultAction.Drop"/> or <see cref="FaultAction.OtherPage"/>, or nothing.</returns>
    /// <exception cref="FaultException">A fault that is set at this point makes the migration fail.</exception>
    public ValueTask<FaultAction?> AskAsync(FaultPoint point) => points.IsArmed ? points.ReachAsync(point, target) : default;

    /// <summary>One of the end's channels reaches its points here.</summary>
    /// <param name="connection">The channel's connection.</param>
    /// <param name="corrupt">Changes a byte of what the channel carries next.</param>
    public FaultSite Of(IMigrationChannel connection, Action corrupt) => new(points, new ChannelFaults(target, connection, corrupt));

    private async ValueTask ReachAsync(FaultPoint point) => await points.ReachAsync(point, target);
}
