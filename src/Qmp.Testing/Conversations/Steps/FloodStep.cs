namespace Qmp.Testing.Conversations.Steps;

/// <summary>
/// Commands on one monitor raise events on another one that does not read until all commands are answered.
/// </summary>
/// <param name="CommandMonitor">Where the commands are sent. Each returns an empty object.</param>
/// <param name="Text">The commands.</param>
/// <param name="Count">How often the text goes into one write.</param>
/// <param name="Times">How many writes there are.</param>
/// <param name="Events">How many events then have to be there.</param>
public sealed record FloodStep(string CommandMonitor, string Text, int Count, int Times, int Events)
    : ConversationStep;
