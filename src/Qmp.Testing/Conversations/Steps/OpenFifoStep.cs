namespace Qmp.Testing.Conversations.Steps;

/// <summary>The conversation's FIFO is opened for reading: whoever opens it for writing goes on.</summary>
public sealed record OpenFifoStep : ConversationStep;
