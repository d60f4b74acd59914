using Newtonsoft.Json.Linq;

namespace Qmp.Protocol.Visitors.Text;

/// <summary>Reads values from trees whose leaves are strings, converting each as its type asks.</summary>
/// <remarks>Each way to write options has its own words for what does not fit; QEMU's are kept.</remarks>
public abstract class TextInputVisitor : TreeInputVisitor
{
    private protected TextInputVisitor(CompatPolicy? policy = null)
        : base(policy)
    {
    }

    /// <inheritdoc/>
    public override long ReadInt(string? name, long min, long max, string typeName)
    {
        string text = Text(name);
        NumberOutcome outcome = NumberText.ParseInt64(text, out long value);
        if (outcome != NumberOutcome.Valid) throw NotSigned(name, text, outcome);
        return value >= min && value <= max ? value : throw OutOfRange(name, typeName);
    }

    /// <inheritdoc/>
    public override ulong ReadUInt(string? name, ulong max, string typeName)
    {
        string text = Text(name);
        NumberOutcome outcome = NumberText.ParseUInt64(text, out ulong value);
        if (outcome != NumberOutcome.Valid) throw NotUnsigned(name, text, outcome);
        return value <= max ? value : throw OutOfRange(name, typeName);
    }

    /// <inheritdoc/>
    public override ulong ReadSize(string? name)
    {
        string text = Text(name);
        NumberOutcome outcome = SizeText.Parse(text, out ulong size);
        return outcome == NumberOutcome.Valid ? size : throw NotSize(name, text, outcome);
    }

    /// <inheritdoc/>
    public override double ReadNumber(string? name) =>
        NumberText.TryParseDouble(Text(name), out double value) ? value : throw WrongType(name, "number");

    /// <inheritdoc/>
    public override bool ReadBool(string? name) => Text(name) switch
    {
        "on" or "yes" or "true" or "y" => true,
        "off" or "no" or "false" or "n" => false,
        _ => throw Expects(FullName(name), "'on' or 'off'"),
    };

    /// <inheritdoc/>
    public override string ReadString(string? name) => Text(name);

    /// <inheritdoc/>
    public override void ReadNull(string? name)
    {
        if (Text(name).Length > 0) throw WrongType(name, "null");
    }

    /// <summary>Takes the text of a leaf.</summary>
    private protected virtual string Text(string? name) => Take(name).Tree switch
    {
        JValue { Value: string text } => text,
        JContainer => throw new VisitorException($"Parameters '{FullName(name)}.*' are unexpected"),
        _ => throw new VisitorException($"Internal error: parameter {FullName(name)} invalid"),
    };

    /// <summary>The error about a text that is not a signed integer.</summary>
    private protected abstract VisitorException NotSigned(string? name, string text, NumberOutcome outcome);

    /// <summary>The error about a text that is not an unsigned integer.</summary>
    private protected abstract VisitorException NotUnsigned(string? name, string text, NumberOutcome outcome);

    /// <summary>The error about a text that is not a size.</summary>
    private protected abstract VisitorException NotSize(string? name, string text, NumberOutcome outcome);

    /// <summary>What QEMU says where it explains sizes.</summary>
    private protected static VisitorException ExplainedSize(string? name, string text, NumberOutcome outcome) =>
        outcome == NumberOutcome.OutOfRange
            ? new VisitorException($"Value '{text}' is out of range for parameter '{LocalName(name)}'")
            : new VisitorException(
                $"Parameter '{LocalName(name)}' expects a non-negative number below 2^64\n"
                + "Optional suffix k, M, G, T, P or E means kilo-, mega-, giga-, tera-, peta-\n"
                + "and exabytes, respectively.");
}
