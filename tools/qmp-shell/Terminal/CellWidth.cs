using System.Globalization;
using System.Text;

namespace Qmp.Shell.Terminal;

/// <summary>How many columns characters take.</summary>
internal static class CellWidth
{
    // The blocks that are wide throughout (UAX 11); what is in none of them is narrow.
    private static readonly (int First, int Last)[] Wide =
    [
        (0x1100, 0x115f), (0x2e80, 0x303e), (0x3041, 0xa4cf), (0xac00, 0xd7a3), (0xf900, 0xfaff), (0xfe30, 0xfe6f),
        (0xff00, 0xff60), (0xffe0, 0xffe6), (0x1f300, 0x1f64f), (0x1f900, 0x1f9ff), (0x20000, 0x3fffd),
    ];

    public static int Of(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format => 0,
        _ => rune.Value >= Wide[0].First && Array.Exists(Wide, b => rune.Value >= b.First && rune.Value <= b.Last)
            ? 2
            : 1,
    };
}
