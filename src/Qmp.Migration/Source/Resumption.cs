using Qmp.Migration.Channels;
using Qmp.Types;

namespace Qmp.Migration.Source;

/// <summary>Where a paused migration is to go on.</summary>
/// <param name="Address">The address.</param>
/// <param name="Opened">What could be opened at once there.</param>
internal sealed record Resumption(MigrationAddress Address, IMigrationChannel? Opened);
