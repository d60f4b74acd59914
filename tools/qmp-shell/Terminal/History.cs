using Qmp.Shell.Output;

namespace Qmp.Shell.Terminal;

/// <summary>Lines that were entered before, kept in a file.</summary>
internal sealed class History
{
    private const int MaxLines = 1000;

    private readonly string? _path;
    private readonly List<string> _lines = [];

    /// <summary>What a file holds; a file that cannot be read holds nothing.</summary>
    /// <param name="path">The file; <see langword="null"/> to remember nothing.</param>
    public History(string? path)
    {
        _path = path;
        try
        {
            if (path is not null && File.Exists(path)) _lines.AddRange(File.ReadLines(path).TakeLast(MaxLines).Select(ForeignText.OneLine));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _path = null;
        }
    }

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<string> Lines => _lines;

    /// <summary>Adds a line, except for one that begins with a space, or is the latest one again.</summary>
    public void Add(string line)
    {
        string text = line.ReplaceLineEndings(" ").TrimEnd();
        if (text.Length == 0 || text[0] == ' ' || (_lines.Count > 0 && _lines[^1] == text)) return;
        _lines.Add(text);
        if (_lines.Count > MaxLines) _lines.RemoveAt(0);
        if (_path is null) return;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
            // Commands may hold passwords.
            bool isNew = !File.Exists(_path);
            File.AppendAllText(_path, text + "\n");
            if (isNew && !OperatingSystem.IsWindows()) File.SetUnixFileMode(_path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The line is remembered here, if not for the next time.
        }
    }

    /// <summary>The latest line before a place that contains a text.</summary>
    /// <returns>Its place, or -1.</returns>
    public int FindBack(string text, int before) => before <= 0 ? -1 : _lines.FindLastIndex(
        Math.Min(before, _lines.Count) - 1, l => l.Contains(text, StringComparison.Ordinal));
}
