using Qmp.Migration.Channels;
using Qmp.Types;

namespace Qmp.Migration.Faults;

/// <summary>One end of a migration reaches its fault points here.</summary>
internal sealed class FaultSite(FaultPoints points, IFaultTarget target)
{
    /// <summary>Does what is planned for the point; nothing if nothing is.</summary>
    /// <exception cref="FaultException">A fault that is set at this point makes the migration fail.</exception>
    public ValueTask AtAsync(FaultPoint point) => points.IsArmed ? points.ReachAsync(point, target) : default;

    /// <summary>One of the end's channels reaches its points here.</summary>
    /// <param name="connection">The channel's connection.</param>
    /// <param name="corrupt">Changes a byte of what the channel carries next.</param>
    public FaultSite Of(IMigrationChannel connection, Action corrupt) => new(points, new ChannelFaults(target, connection, corrupt));
}
