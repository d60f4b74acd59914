using Newtonsoft.Json.Linq;
using Qmp.Protocol.Json;

namespace Qmp.Protocol.Visitors;

/// <summary>Reads values from JSON: strictly, with QEMU's texts, or tolerantly, for clients.</summary>
/// <remarks>
/// The JSON is the tokens of a message, which costs no tree, or a tree. Tolerant reading hands back members and enum
/// texts that the schema does not know; a value of the wrong kind is an error for it too.
/// </remarks>
public sealed class JsonInputVisitor : TreeInputVisitor
{
    /// <summary>A visitor for any number of values; <c>Reset</c> turns to each of them.</summary>
    /// <param name="tolerant">Whether unknown members and enum values are handed back instead of refused.</param>
    /// <param name="policy">What input is refused; none by default.</param>
    public JsonInputVisitor(bool tolerant = false, CompatPolicy? policy = null)
        : base(policy, tolerant)
    {
    }

    /// <summary>Turns to the next value.</summary>
    /// <param name="root">The value, or <see langword="null"/> for an empty object, which costs nothing.</param>
    public void Reset(JToken? root) => Begin(root is null ? null : new InputNode(root));

    /// <summary>Turns to a value of a message, which is read straight from its tokens.</summary>
    /// <param name="message">The message; it must stay as it is until the value is read.</param>
    /// <param name="index">The token at which the value starts.</param>
    public void Reset(JsonMessage message, int index) => Begin(new InputNode(message, index));

    /// <inheritdoc/>
    public override long ReadInt(string? name, long min, long max, string typeName)
    {
        if (!Take(name).TryGetInt64(out long number)) throw WrongType(name, "integer");
        return number >= min && number <= max ? number : throw OutOfRange(name, typeName);
    }

    /// <inheritdoc/>
    public override ulong ReadUInt(string? name, ulong max, string typeName)
    {
        // Negative numbers wrap around: clients have sent them since before the type was unsigned.
        if (!Take(name).TryGetUInt64(out ulong number)) throw Expects(FullName(name), "uint64");
        return number <= max ? number : throw OutOfRange(name, typeName);
    }

    /// <inheritdoc/>
    public override ulong ReadSize(string? name) => ReadUInt(name, ulong.MaxValue, "uint64");

    /// <inheritdoc/>
    public override double ReadNumber(string? name) =>
        Take(name).TryGetDouble(out double value) ? value : throw WrongType(name, "number");

    /// <inheritdoc/>
    public override bool ReadBool(string? name) =>
        Take(name).TryGetBoolean(out bool value) ? value : throw WrongType(name, "boolean");

    /// <inheritdoc/>
    public override string ReadString(string? name) =>
        Take(name).TryGetString(out string? value) ? value : throw WrongType(name, "string");

    /// <inheritdoc/>
    public override void ReadNull(string? name)
    {
        if (Take(name).Kind != JsonKind.Null) throw WrongType(name, "null");
    }

    /// <summary>Compares a string of plain ASCII as it stands in the message, so that none is made.</summary>
    private protected override int ReadIndex(string? name, EnumNames names, out string text)
    {
        InputNode node = Take(name);
        if (node.TryGetPlainString(out ReadOnlySpan<byte> ascii) && names.IndexOf(ascii) is >= 0 and int index)
        {
            text = names[index];
            return index;
        }

        text = node.TryGetString(out string? value) ? value : throw WrongType(name, "string");
        return names.IndexOf(text);
    }
}
