using System.Globalization;

namespace Qmp.Emulator.Machines;

/// <summary>The address of a network card: six bytes.</summary>
/// <param name="Value">The bytes, the first one highest.</param>
internal readonly record struct MacAddress(long Value)
{
    private const int Bytes = 6;

    /// <summary>Reads one.</summary>
    /// <param name="text">Such as <c>52:54:00:12:34:56</c>; checked already.</param>
    public static MacAddress Parse(string text) =>
        new(long.Parse(text.Replace(":", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal), NumberStyles.HexNumber, CultureInfo.InvariantCulture));

    /// <inheritdoc/>
    public override string ToString()
    {
        long value = Value;
        return string.Join(':', Enumerable.Range(0, Bytes).Select(
            i => ((value >> (8 * (Bytes - 1 - i))) & 0xff).ToString("x2", CultureInfo.InvariantCulture)));
    }
}
