using Qmp.Migration.Faults;

namespace Qmp.Migration.Multifd;

/// <summary>One multifd channel of a source; its activity calls it.</summary>
internal abstract class MultifdSendChannel : IDisposable
{
    /// <summary>Where it reaches its fault points; <see langword="null"/> where it has none.</summary>
    public virtual FaultSite? Faults => null;

    /// <summary>Sends what comes before everything else.</summary>
    public abstract ValueTask BeginAsync();

    /// <summary>Sends pages.</summary>
    public abstract ValueTask SendAsync(PageBatch batch);

    /// <summary>Sends a barrier.</summary>
    public abstract ValueTask SendBarrierAsync();

    public abstract void Dispose();
}
