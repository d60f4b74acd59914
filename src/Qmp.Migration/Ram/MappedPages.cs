using Qmp.Linux;
using Qmp.Machine.Memory;
using Qmp.Migration.Channels;
using Qmp.Migration.MappedRam;
using Qmp.Migration.Stream;

namespace Qmp.Migration.Ram;

/// <summary>Pages at their places in a file.</summary>
/// <param name="layout">Where they go.</param>
/// <param name="file">The file.</param>
/// <param name="writer">The stream in the same file, which counts their bytes.</param>
internal sealed class MappedPages(MappedRamFile layout, IPageFile file, MigrationWriter writer) : IPageSink
{
    private const int MaxPages = 256;

    private readonly IoVector[] _piece = new IoVector[1];
    private MappedBlock? _block;
    private readonly List<(long Place, IoVector Piece)> _runs = [];
    private int _pages;

    public bool IsFull => _pages >= MaxPages || (long)_pages * RamBlock.PageSize >= writer.Burst;

    public bool CountsPages => true;

    public void PutZero(RamBlock block, long page) => Find(block).Present.Clear(page);

    public void PutNormal(RamBlock block, long page)
    {
        MappedBlock mapped = Find(block);
        ulong offset = (ulong)page * RamBlock.PageSize;
        mapped.Present.Set(page);
        nint address = block.Address + (nint)offset;
        _pages++;
        if (_runs is [.., var last] && last.Piece.Address + last.Piece.Length == address && last.Place + last.Piece.Length == mapped.PlaceOf(offset))
        {
            _runs[^1] = (last.Place, new IoVector(last.Piece.Address, last.Piece.Length + RamBlock.PageSize));
            return;
        }

        _runs.Add((mapped.PlaceOf(offset), new IoVector(address, RamBlock.PageSize)));
    }

    public ValueTask SendIfFullAsync() => IsFull ? WriteAsync() : ValueTask.CompletedTask;

    public ValueTask EndSetupAsync() => ValueTask.CompletedTask;

    public ValueTask EndRoundAsync() => WriteAsync();

    public ValueTask EndSectionAsync() => WriteAsync();

    private async ValueTask WriteAsync()
    {
        foreach ((long place, IoVector piece) in _runs)
        {
            _piece[0] = piece;
            await file.WriteAtAsync(_piece, place);
            writer.CountElsewhere(piece.Length);
        }

        _runs.Clear();
        _pages = 0;
    }

    private MappedBlock Find(RamBlock block) => ReferenceEquals(_block?.Block, block) ? _block : _block = layout[block];
}
