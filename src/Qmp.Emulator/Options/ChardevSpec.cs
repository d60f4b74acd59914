using Qmp.Types;

namespace Qmp.Emulator.Options;

/// <summary>A character device that is asked for, by an option or by a command.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Backend">What it is.</param>
public sealed record ChardevSpec(string Id, ChardevBackend Backend);
