namespace Qmp.Conversations.Replay;

/// <summary>The emulator said or did something else than what was recorded.</summary>
internal sealed class DifferenceException(string message) : Exception(message);
