using System.Globalization;

namespace Qmp.Shell.Language;

/// <summary>What was typed is no command.</summary>
/// <param name="message">What is wrong.</param>
/// <param name="position">Where, in characters from 0.</param>
internal sealed class ShellSyntaxException(string message, int position)
    : ShellInputException(string.Create(CultureInfo.InvariantCulture, $"column {position + 1}: {message}"));
