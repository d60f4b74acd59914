using Qmp.Types;

namespace Qmp.Client.Migration;

/// <summary>A migration that has lost its connection in postcopy. The guest runs at the destination.</summary>
/// <param name="Count">Which pause it is, from 1 on; a recovery that failed is another pause.</param>
/// <param name="Info">What <c>query-migrate</c> answered; <see cref="MigrationInfo.ErrorDesc"/> says what was lost.</param>
public sealed record PostcopyPause(int Count, MigrationInfo Info);
