namespace Qmp.Shell.Completion;

/// <summary>What may stand where the cursor is.</summary>
/// <param name="Start">Where in the line the piece begins that candidates replace.</param>
/// <param name="Candidates">In order; none if nothing is known.</param>
internal sealed record CompletionResult(int Start, IReadOnlyList<Candidate> Candidates)
{
    public static CompletionResult None { get; } = new(0, []);

    /// <summary>The same with other texts.</summary>
    public CompletionResult Select(Func<string, string> change) =>
        this with { Candidates = [.. Candidates.Select(c => c with { Text = change(c.Text) })] };
}

/// <summary>A way to go on.</summary>
/// <param name="Text">What replaces the piece.</param>
/// <param name="Suffix">What follows if it is the only candidate.</param>
/// <param name="IsRequired">Whether nothing can be sent without it.</param>
internal readonly record struct Candidate(string Text, string Suffix = " ", bool IsRequired = false)
{
    /// <summary>What stands for it in a list: what is required has a mark.</summary>
    public string Label => IsRequired ? Text + "*" : Text;
}
