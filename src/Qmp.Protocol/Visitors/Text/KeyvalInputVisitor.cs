using System.Globalization;
using Newtonsoft.Json.Linq;

namespace Qmp.Protocol.Visitors.Text;

/// <summary>Reads values from the trees of <see cref="KeyvalParser"/> (QEMU's <c>-compat</c>, <c>-machine</c>, …).</summary>
public sealed class KeyvalInputVisitor : TextInputVisitor
{
    /// <summary>A visitor of one tree.</summary>
    /// <param name="root">The tree.</param>
    /// <param name="policy">What is accepted; <see langword="null"/> for everything.</param>
    public KeyvalInputVisitor(JToken root, CompatPolicy? policy = null)
        : base(policy) => Begin(new InputNode(root));

    /// <inheritdoc/>
    public override void ReadNull(string? name)
    {
        Take(name);
        throw WrongType(name, "null");
    }

    private protected override string IndexText(int index) =>
        string.Create(CultureInfo.InvariantCulture, $".{index}");

    private protected override VisitorException NotSigned(string? name, string text, NumberOutcome outcome) =>
        Expects(FullName(name), "integer");

    private protected override VisitorException NotUnsigned(string? name, string text, NumberOutcome outcome) =>
        Expects(FullName(name), "integer");

    private protected override VisitorException NotSize(string? name, string text, NumberOutcome outcome) =>
        Expects(FullName(name), "size");
}
