namespace Qmp.Emulator.HumanMonitor;

/// <summary>A line that the human monitor does not understand; the message is what it prints.</summary>
internal sealed class HumanException(string message) : Exception(message);
