namespace Qmp.Protocol.Visitors.Text;

/// <summary>
/// Reads values from an <see cref="OptionList"/> whose keys QEMU holds in a table (<c>-m</c>, <c>-name</c>,
/// <c>-chardev</c>): it then has other words for numbers.
/// </summary>
/// <param name="options">The list.</param>
/// <param name="policy">What is accepted; <see langword="null"/> for everything.</param>
public sealed class OptionTableInputVisitor(OptionList options, CompatPolicy? policy = null) : OptionListInputVisitor(options, policy)
{
    private protected override bool WrapsNegatives => true;

    private protected override string Leftover(IReadOnlyList<string> members, IEnumerable<string> read)
    {
        HashSet<string> known = [.. read];
        return members.First(member => !known.Contains(member));
    }

    private protected override VisitorException NotSigned(string? name, string text, NumberOutcome outcome) =>
        NotUnsigned(name, text, outcome);

    private protected override VisitorException NotUnsigned(string? name, string text, NumberOutcome outcome) =>
        outcome == NumberOutcome.OutOfRange
            ? new VisitorException($"Value '{text}' is too large for parameter '{FullName(name)}'")
            : Expects(FullName(name), "a number");

    private protected override VisitorException NotSize(string? name, string text, NumberOutcome outcome) =>
        ExplainedSize(name, text, outcome);
}
