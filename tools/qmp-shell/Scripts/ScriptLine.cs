namespace Qmp.Shell.Scripts;

/// <summary>A line of a script.</summary>
/// <param name="Place">Where it stands, for messages.</param>
/// <param name="Text">The line.</param>
internal readonly record struct ScriptLine(string Place, string Text)
{
    /// <summary>The lines of a file or of standard input.</summary>
    public static IEnumerable<ScriptLine> Of(TextReader reader, string name)
    {
        for (int number = 1; reader.ReadLine() is { } text; number++) yield return new($"{name}:{number}", text);
    }

    /// <summary>The commands of a command line.</summary>
    public static IEnumerable<ScriptLine> Of(IEnumerable<string> commands) =>
        commands.Select((text, index) => new ScriptLine($"-c {index + 1}", text));
}
