using Qmp.Types;

namespace Qmp.Migration.Faults;

/// <summary>A fault that happens.</summary>
/// <param name="Point">Where.</param>
/// <param name="Action">What.</param>
/// <param name="Position">Bytes of the main stream that have passed this end.</param>
public sealed record FaultOccurrence(FaultPoint Point, FaultAction Action, long Position);
