namespace Qmp.Shell.Session;

/// <summary>Colours on a terminal that has them.</summary>
internal sealed class Paint(bool isOn)
{
    /// <summary>Colours, unless the user does not want them (no-color.org).</summary>
    public static Paint ForTerminal() =>
        new(string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")));

    public string Error(string text) => Colour(text, 31);

    public string Event(string text) => Colour(text, 36);

    public string Note(string text) => Colour(text, 2);

    private string Colour(string text, int code) => isOn ? $"\e[{code}m{text}\e[0m" : text;
}
