namespace Qmp.Protocol.Json;

/// <summary>A place in text that comes in pieces: line and column, both from 1.</summary>
internal struct TextPosition()
{
    /// <summary>One more than the number of line feeds before this place.</summary>
    public long Line { get; private set; } = 1;

    /// <summary>One more than the number of bytes between the last line feed and this place.</summary>
    public long Column { get; private set; } = 1;

    /// <summary>Moves behind <paramref name="text"/>.</summary>
    public void MoveBehind(ReadOnlySpan<byte> text)
    {
        int last = text.LastIndexOf((byte)'\n');
        if (last < 0)
        {
            Column += text.Length;
            return;
        }

        Line += text[..last].Count((byte)'\n') + 1;
        Column = text.Length - last;
    }

    /// <summary>Moves within the line.</summary>
    /// <param name="bytes">How far; back if negative.</param>
    public void MoveBy(int bytes) => Column += bytes;
}
