namespace Qmp.Interop.Emulators;

/// <summary>Emulators did not do what was expected of them.</summary>
internal sealed class InteropException(string message, Exception? inner = null) : Exception(message, inner);
