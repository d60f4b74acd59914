using System.Text;

namespace Qmp.Shell.Output;

/// <summary>Lists of names on a screen.</summary>
internal static class Columns
{
    /// <summary>Lays names out in columns, down first.</summary>
    public static string Lay(IEnumerable<string> names, int width, string lineEnd)
    {
        string[] all = [.. names];
        int cell = all.Max(n => n.Length) + 2;
        int columns = Math.Clamp(width / cell, 1, all.Length);
        int rows = (all.Length + columns - 1) / columns;
        var text = new StringBuilder();
        for (int row = 0; row < rows; row++)
        {
            var line = new StringBuilder();
            for (int i = row; i < all.Length; i += rows) line.Append(all[i].PadRight(cell));
            text.Append(line.ToString().TrimEnd()).Append(lineEnd);
        }

        return text.ToString();
    }

    /// <summary>What all names begin with.</summary>
    public static string CommonStart(IReadOnlyList<string> names)
    {
        if (names.Count == 0) return "";
        int length = names.Min(n => names[0].AsSpan().CommonPrefixLength(n));
        return names[0][..length];
    }
}
