using Qmp.Shell.Language;

namespace Qmp.Shell.Schema;

/// <summary>The server's schema does not allow what was typed.</summary>
internal sealed class InvalidArgumentException(string message) : ShellInputException(message);
