using Qmp.Machine.Memory;

namespace Qmp.Migration.DirtyRate;

/// <summary>Counts the pages that were written at all.</summary>
internal sealed class LoggedPages : IDirtyCount
{
    private readonly (RamBlock Block, PageBitmap Log)[] _logs;

    public LoggedPages(GuestMemory memory)
    {
        _logs = [.. memory.Blocks.Select(block => (block, new PageBitmap(block.Pages)))];
        foreach ((RamBlock block, PageBitmap log) in _logs) block.DirtyRateLog = log;
    }

    public long Finish(long milliseconds)
    {
        long pages = 0;
        foreach ((RamBlock block, PageBitmap log) in _logs)
        {
            block.DirtyRateLog = null;
            pages += log.Count();
        }

        return pages * 1000 / 256 / milliseconds;
    }
}
