using Qmp.Types;

namespace Qmp.Emulator.Options;

/// <summary>What <c>-incoming</c> names: a place where something comes from another machine or program.</summary>
/// <param name="Type">What comes there.</param>
/// <param name="Address">The place; <see langword="null"/> if a command will name it.</param>
public sealed record IncomingChannel(MigrationChannelType Type, MigrationAddress? Address);
