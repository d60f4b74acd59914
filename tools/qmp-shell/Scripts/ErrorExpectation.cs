using Qmp.Client;
using Qmp.Shell.Language;
using Qmp.Shell.Schema;

namespace Qmp.Shell.Scripts;

/// <summary>A line <c>expect-error CLASS</c>.</summary>
internal static class ErrorExpectation
{
    public const string Keyword = "expect-error";

    /// <summary>The classes of QEMU's errors. Schemas do not tell them.</summary>
    private static readonly string[] Classes =
        ["GenericError", "CommandNotFound", "DeviceNotActive", "DeviceNotFound", "KVMMissingCap"];

    /// <summary>Reads the line.</summary>
    /// <param name="words">Its words, without the first.</param>
    /// <param name="greeting">What the server said of itself. One that is no QEMU may have classes of its own.</param>
    /// <returns>The class.</returns>
    /// <exception cref="ShellInputException">The line does not name a class, or QEMU has no such class.</exception>
    public static string Parse(IReadOnlyList<Word> words, QmpGreeting? greeting)
    {
        if (words is not [{ Text: var name }]) throw new ShellInputException($"{Keyword}: one class is expected");
        if (greeting?.Version is null || Classes.Contains(name)) return name;
        string suggestion = Suggestion.For(name, Classes);
        throw new ShellInputException(
            $"{Keyword}: there is no class '{name}'"
            + (suggestion.Length > 0 ? suggestion : $"; there are {string.Join(", ", Classes)}"));
    }
}
