namespace Qmp.Shell.Language;

/// <summary>A piece of a command line between spaces that are not within quotes or brackets.</summary>
/// <param name="Start">Where it begins in the line.</param>
/// <param name="Text">All of it.</param>
/// <param name="EqualSign">Where in it the sign stands that ends its name, or -1.</param>
/// <param name="IsOpen">Whether a quote or bracket in it has no end.</param>
internal readonly record struct Word(int Start, string Text, int EqualSign, bool IsOpen)
{
    public int End => Start + Text.Length;

    /// <summary>What stands before the sign.</summary>
    public string Name => EqualSign < 0 ? Text : Text[..EqualSign];

    /// <summary>Where what stands behind the sign begins in the line.</summary>
    public int ValueStart => Start + EqualSign + 1;

    /// <summary>What stands behind the sign; all of it without one.</summary>
    public string Value => Text[(EqualSign + 1)..];
}
