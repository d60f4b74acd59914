namespace Qmp.Shell.Output;

/// <summary>Text that may be printed on a terminal as it is. Only <see cref="Paint"/> makes it.</summary>
internal readonly record struct Painted
{
    internal Painted(string text) => Text = text;

    /// <summary>The text with its colours.</summary>
    public string Text => field ?? "";
}

/// <summary>Colours on a terminal that has them. What is coloured is made safe first.</summary>
internal sealed class Paint(bool isOn)
{
    /// <summary>Colours, unless the user does not want them (no-color.org).</summary>
    public static Paint ForTerminal() =>
        new(string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")));

    public Painted Plain(string text) => new(ForeignText.Escape(text));

    public Painted Error(string text) => Colour(text, 31);

    public Painted Event(string text) => Colour(text, 36);

    public Painted Note(string text) => Colour(text, 2);

    private Painted Colour(string text, int code)
    {
        string safe = ForeignText.Escape(text);
        return new(isOn ? $"\e[{code}m{safe}\e[0m" : safe);
    }
}
