namespace Qmp.Shell.Completion;

/// <summary>Where something is to stand that only the server can name.</summary>
/// <param name="Command">The command.</param>
/// <param name="Argument">Its argument; <see langword="null"/> where the name of an argument is to stand.</param>
/// <param name="Typed">What was typed of it.</param>
/// <param name="Given">The other arguments that the line has, and what they are set to.</param>
internal readonly record struct NamePlace(string Command, string? Argument, string Typed, IReadOnlyDictionary<string, string> Given);
