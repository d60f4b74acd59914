using Qmp.Migration.Channels;
using Qmp.Types;

namespace Qmp.Migration.Faults;

/// <summary>One channel of an end, as faults see it: they close and corrupt that channel alone.</summary>
/// <param name="end">The end.</param>
/// <param name="connection">The channel's connection.</param>
/// <param name="corrupt">Changes a byte of what the channel carries next.</param>
internal sealed class ChannelFaults(IFaultTarget end, IMigrationChannel connection, Action corrupt) : IFaultTarget
{
    public long Position => end.Position;

    public long Elapsed => end.Elapsed;

    /// <summary>A channel sends nothing later than it is told to.</summary>
    public ValueTask SettleAsync(FaultPoint point) => ValueTask.CompletedTask;

    public void Close() => connection.Shutdown();

    public void Corrupt(FaultPoint point) => corrupt();
}
