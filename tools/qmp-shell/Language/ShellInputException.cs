namespace Qmp.Shell.Language;

/// <summary>What was typed cannot be sent, and was not.</summary>
internal class ShellInputException(string message) : Exception(message);
