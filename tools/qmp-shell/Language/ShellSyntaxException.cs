using System.Globalization;

namespace Qmp.Shell.Language;

/// <summary>What was typed is no command.</summary>
/// <param name="message">What is wrong.</param>
/// <param name="position">Where, in characters from 0.</param>
internal sealed class ShellSyntaxException(string message, int position)
    : ShellInputException(string.Create(CultureInfo.InvariantCulture, $"column {position + 1}: {message}"))
{
    /// <summary>Whether a word is no argument at all, so that it helps to see what arguments there are.</summary>
    public bool IsForm { get; init; }
}
