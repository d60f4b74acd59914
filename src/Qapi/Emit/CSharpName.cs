using System.Text;

namespace Qapi.Emit;

/// <summary>The one way from a name on the wire to a name in C#.</summary>
internal static class CSharpName
{
    /// <summary>
    /// The name in PascalCase: words end at every character other than an ASCII letter or digit, and begin with a
    /// capital. A name without lower-case letters (an event's) is lowered first; others keep their capitals. Digits
    /// that would run together stay apart by <c>_</c>, which also goes before a digit at the start.
    /// </summary>
    public static string Pascal(string name)
    {
        var shouts = !name.Any(c => c is >= 'a' and <= 'z');
        var result = new StringBuilder(name.Length);
        var atStart = true;
        foreach (var c in name)
        {
            if (!IsLetter(c) && !IsDigit(c))
            {
                atStart = true;
                continue;
            }
            if (atStart && IsDigit(c) && (result.Length == 0 || IsDigit(result[result.Length - 1])))
                result.Append('_');
            result.Append(atStart ? char.ToUpperInvariant(c) : shouts ? char.ToLowerInvariant(c) : c);
            atStart = false;
        }
        return result.Length == 0 ? "_" : result.ToString();
    }

    /// <summary>The name of a module: the file's, without directory and extension.</summary>
    public static string Module(string path)
    {
        var file = path.Substring(path.LastIndexOf('/') + 1);
        var dot = file.LastIndexOf('.');
        return Pascal(dot > 0 ? file.Substring(0, dot) : file);
    }

    private static bool IsLetter(char c) => c is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z');

    private static bool IsDigit(char c) => c is >= '0' and <= '9';
}
