using System.Globalization;

namespace Qmp.Migration.Channels.Posix;

/// <summary>Numbers of descriptors and of their sets, as C's <c>strtol</c> reads them.</summary>
internal static class DescriptorNumber
{
    public static bool TryParse(ReadOnlySpan<char> text, out int number) =>
        int.TryParse(
            text, NumberStyles.AllowLeadingWhite | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number)
        && number >= 0;
}
