namespace Qmp.Emulator.Options;

/// <summary>The file that gets a copy of what a character device sends.</summary>
/// <param name="Path">Its name.</param>
/// <param name="Appends">Whether it keeps what it holds.</param>
/// <param name="Stamps">Whether each line begins with the time.</param>
internal sealed record LogSpec(string Path, bool Appends, bool Stamps);
