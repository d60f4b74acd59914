using Qmp.Types;

namespace Qmp.Migration.Faults;

/// <summary>A migration fails because it was told to.</summary>
public sealed class FaultException : Exception
{
    /// <summary>A failure at <paramref name="point"/>.</summary>
    public FaultException(FaultPoint point)
        : base($"Fault injected at '{point.ToWireName()}'") => Point = point;

    /// <summary>Where.</summary>
    public FaultPoint Point { get; }
}
