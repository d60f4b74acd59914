using Qmp.Types;

namespace Qmp.Migration.Faults;

/// <summary>One end of a migration, as faults see it.</summary>
internal interface IFaultTarget
{
    /// <summary>Bytes of the main stream that have passed this end.</summary>
    long Position { get; }

    /// <summary>Milliseconds since the migration began at this end.</summary>
    long Elapsed { get; }

    /// <summary>Makes sure that what came before the point is done: what is gathered is sent.</summary>
    ValueTask SettleAsync(FaultPoint point);

    /// <summary>Cuts the connection, now or as soon as there is one.</summary>
    void Close();

    /// <summary>Changes a byte of what this end sends or reads next at that point.</summary>
    void Corrupt(FaultPoint point);
}
