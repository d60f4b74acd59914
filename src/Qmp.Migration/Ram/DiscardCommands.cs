using Qmp.Machine.Memory;
using Qmp.Migration.SaveState;
using Qmp.Migration.Stream;

namespace Qmp.Migration.Ram;

/// <summary>Says which pages a destination has not, or has as they were: commands in the main stream.</summary>
internal sealed class DiscardCommands(SaveContext context)
{
    private const int MaxRanges = 12; // in one command
    private const int RangeLength = 16;
    private const byte Version = 0;

    private readonly List<(long Start, long End)> _ranges = [];

    /// <summary>Puts the runs of pages that are left of a block.</summary>
    public async ValueTask PutAsync(RamBlock block, PageBitmap left)
    {
        for (long page = left.NextSet(0); page < left.Pages; page = left.NextSet(page))
        {
            long start = page;
            page += left.RunOfSet(page);
            _ranges.Add((start, page));
            if (_ranges.Count == MaxRanges) await PutAsync(block);
        }

        if (_ranges.Count > 0) await PutAsync(block);
    }

    private async ValueTask PutAsync(RamBlock block)
    {
        await context.FlushIfFullAsync();
        MigrationWriter writer = context.Writer;
        writer.PutCommand(StreamCommand.PostcopyRamDiscard, 3 + block.Id.Length + (_ranges.Count * RangeLength));
        writer.PutByte(Version);
        writer.PutCountedString(block.Id);
        writer.PutByte(0);
        foreach ((long start, long end) in _ranges)
        {
            writer.PutBe64((ulong)start * RamBlock.PageSize);
            writer.PutBe64((ulong)(end - start) * RamBlock.PageSize);
        }

        _ranges.Clear();
    }
}
