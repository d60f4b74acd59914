using System.Text;

namespace Qapi.Emit;

/// <summary>Values as C# source.</summary>
internal static class CSharpLiteral
{
    /// <summary>A string literal.</summary>
    public static string Text(string value)
    {
        var literal = new StringBuilder(value.Length + 2).Append('"');
        foreach (var c in value)
        {
            if (c is '"' or '\\')
                literal.Append('\\').Append(c);
            else if (c is >= ' ' and <= '~')
                literal.Append(c);
            else
                literal.Append("\\u").Append(((int)c).ToString("X4"));
        }
        return literal.Append('"').ToString();
    }

    /// <summary>A literal of UTF-8 bytes.</summary>
    public static string Utf8(string value) => Text(value) + "u8";
}
