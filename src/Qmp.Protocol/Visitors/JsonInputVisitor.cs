using System.Globalization;
using System.Numerics;
using Newtonsoft.Json.Linq;

namespace Qmp.Protocol.Visitors;

/// <summary>Reads values from JSON: strictly, with QEMU's texts, or tolerantly, for clients.</summary>
/// <remarks>
/// Tolerant reading hands back members and enum texts that the schema does not know; a value of the wrong kind is an
/// error for it too.
/// </remarks>
public sealed class JsonInputVisitor : TreeInputVisitor
{
    /// <summary>A visitor for any number of values, each announced by <see cref="TreeInputVisitor.Reset"/>.</summary>
    /// <param name="tolerant">Whether unknown members and enum values are handed back instead of refused.</param>
    /// <param name="policy">What input is refused; none by default.</param>
    public JsonInputVisitor(bool tolerant = false, CompatPolicy? policy = null)
        : base(policy, tolerant)
    {
    }

    /// <inheritdoc/>
    public override long ReadInt(string? name, long min, long max, string typeName)
    {
        if (Take(name) is not JValue { Type: JTokenType.Integer } value || !TryInt64(value.Value, out long number))
        {
            throw WrongType(name, "integer");
        }

        return number >= min && number <= max ? number : throw OutOfRange(name, typeName);
    }

    /// <inheritdoc/>
    public override ulong ReadUInt(string? name, ulong max, string typeName)
    {
        if (Take(name) is not JValue { Type: JTokenType.Integer } value) throw Expects(FullName(name), "uint64");
        // Negative numbers wrap around: clients have sent them since before the type was unsigned.
        ulong number = TryInt64(value.Value, out long signed) ? (ulong)signed
            : value.Value is ulong unsigned ? unsigned
            : throw Expects(FullName(name), "uint64");
        return number <= max ? number : throw OutOfRange(name, typeName);
    }

    /// <inheritdoc/>
    public override ulong ReadSize(string? name) => ReadUInt(name, ulong.MaxValue, "uint64");

    /// <inheritdoc/>
    public override double ReadNumber(string? name) =>
        Take(name) is JValue { Type: JTokenType.Integer or JTokenType.Float } value
            ? Convert.ToDouble(value.Value, CultureInfo.InvariantCulture)
            : throw WrongType(name, "number");

    /// <inheritdoc/>
    public override bool ReadBool(string? name) =>
        Take(name) is JValue { Value: bool value } ? value : throw WrongType(name, "boolean");

    /// <inheritdoc/>
    public override string ReadString(string? name) =>
        Take(name) is JValue { Value: string value } ? value : throw WrongType(name, "string");

    /// <inheritdoc/>
    public override void ReadNull(string? name)
    {
        if (Take(name).Type != JTokenType.Null) throw WrongType(name, "null");
    }

    private static bool TryInt64(object? value, out long number)
    {
        switch (value)
        {
            case long signed:
                number = signed;
                return true;
            case ulong unsigned:
                number = (long)unsigned;
                return unsigned <= long.MaxValue;
            case BigInteger:
                number = 0;
                return false;
            default:
                number = Convert.ToInt64(value, CultureInfo.InvariantCulture);
                return true;
        }
    }
}
