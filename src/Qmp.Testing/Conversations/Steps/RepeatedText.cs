namespace Qmp.Testing.Conversations.Steps;

/// <summary>A long text in few words.</summary>
/// <param name="Prefix">How it begins.</param>
/// <param name="Unit">What is repeated.</param>
/// <param name="Count">How often.</param>
/// <param name="Suffix">How it ends.</param>
public sealed record RepeatedText(string Prefix, string Unit, int Count, string Suffix);
