namespace Qmp.Emulator.Options;

/// <summary>The names that users give to things.</summary>
internal static class Identifiers
{
    /// <summary>Whether a name is one: a letter, then letters, digits, and some of <c>-._</c>.</summary>
    public static bool IsValid(string id) =>
        id.Length > 0 && char.IsAsciiLetter(id[0]) && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_');
}
