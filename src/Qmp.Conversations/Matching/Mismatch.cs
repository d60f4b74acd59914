using System.Globalization;

namespace Qmp.Conversations.Matching;

/// <summary>The first difference between two values.</summary>
/// <param name="Path">Where it is, below the value that was compared.</param>
/// <param name="Text">What differs.</param>
internal readonly record struct Mismatch(string Path, string Text)
{
    public static Mismatch Here(string text) => new("", text);

    public Mismatch InMember(string name) => this with { Path = $".{name}{Path}" };

    public Mismatch InElement(int index) => this with
    {
        Path = string.Create(CultureInfo.InvariantCulture, $"[{index}]{Path}"),
    };

    public override string ToString() => $"${Path}: {Text}";
}
