namespace Qmp.Emulator.HumanMonitor;

/// <summary>The lines that were typed before, each once, and where somebody is who goes through them.</summary>
internal sealed class LineHistory
{
    private const int Most = 64;

    private readonly List<byte[]> _lines = [];
    private int _at; // the number of lines where nobody goes through them

    /// <summary>Adds a line as the newest.</summary>
    public void Add(byte[] line)
    {
        if (line.Length > 0)
        {
            _lines.RemoveAll(known => known.AsSpan().SequenceEqual(line));
            _lines.Add(line);
            if (_lines.Count > Most) _lines.RemoveAt(0);
        }

        _at = _lines.Count;
    }

    /// <summary>The line before; <see langword="null"/> at the first.</summary>
    public byte[]? Previous() => _at == 0 ? null : _lines[--_at];

    /// <summary>The line after, which is empty behind the last; <see langword="null"/> there.</summary>
    public byte[]? Next()
    {
        if (_at == _lines.Count) return null;
        return ++_at == _lines.Count ? [] : _lines[_at];
    }
}
