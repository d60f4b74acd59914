using Qmp.Linux;

namespace Qmp.Migration.Channels.Posix;

/// <summary>Pieces still to be written after a system call took some of the bytes.</summary>
internal struct PieceList
{
    private readonly IoVector[] _pieces;
    private readonly int _count;
    private int _first;

    /// <summary>Copies the pieces, because a partial write changes the one it ended in.</summary>
    public PieceList(ReadOnlySpan<IoVector> pieces, IoVector[] scratch)
    {
        pieces.CopyTo(scratch);
        _pieces = scratch;
        _count = pieces.Length;
        SkipEmpty();
    }

    public readonly bool IsEmpty => _first == _count;

    public readonly Span<IoVector> Left => _pieces.AsSpan(_first, _count - _first);

    /// <summary>Takes <paramref name="bytes"/> off the front.</summary>
    public void Advance(nint bytes)
    {
        while (bytes > 0)
        {
            ref IoVector piece = ref _pieces[_first];
            if (bytes < piece.Length)
            {
                piece = new IoVector(piece.Address + bytes, piece.Length - bytes);
                return;
            }

            bytes -= piece.Length;
            _first++;
        }

        SkipEmpty();
    }

    private void SkipEmpty()
    {
        while (_first < _count && _pieces[_first].Length == 0) _first++;
    }
}
