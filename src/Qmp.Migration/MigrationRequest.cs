using Qmp.Types;

namespace Qmp.Migration;

/// <summary>What <c>migrate</c> asks for.</summary>
/// <param name="Address">Where the machine goes.</param>
/// <param name="CprAddress">Where what must be there before it goes, in the mode that needs that.</param>
/// <param name="Resume">Whether a paused migration is to be resumed.</param>
public sealed record MigrationRequest(
    MigrationAddress Address, MigrationAddress? CprAddress = null, bool Resume = false);
