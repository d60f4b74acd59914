using Qmp.Machine.Memory;
using Qmp.Migration.Channels;
using Qmp.Migration.Postcopy;
using Qmp.Migration.SaveState;
using Qmp.Migration.Stream;
using Qmp.Types;

namespace Qmp.Migration.Ram;

/// <summary>Sends pages that a destination waits for: next in the main stream, or at once over a channel of their own.</summary>
/// <remarks>
/// A channel of their own spares them the wait for what is on its way over the main one (<c>postcopy-preempt</c>). The activity
/// that reads the return path sends there, beside the one that sends the rest: whoever takes a page from the pass sends it.
/// </remarks>
internal sealed class RequestedPages(SaveContext context, RamPass pass, ReleasedMemory? released) : IRequestedPages
{
    private readonly ZeroPageEncoder _zero = new();
    private readonly NormalPageEncoder _normal = new();
    private readonly bool _looks = context.Parameters.ZeroPageDetection != ZeroPageDetection.None;
    private volatile PreemptStream? _preempt;

    public bool HasRequests => pass.HasRequests;

    public async ValueTask RequestAsync(RamBlock block, long page)
    {
        if (_preempt is not { } preempt)
        {
            pass.Request(block, page);
        }
        else if (pass.TryTake(block, page))
        {
            if (_looks && _zero.TryPut(block, page, preempt.Pages))
            {
                context.Statistics.AddZeroPages(1);
            }
            else
            {
                _normal.TryPut(block, page, preempt.Pages);
                context.Statistics.AddNormalPages(1);
            }

            context.Statistics.Remaining = (long)pass.Bytes;
            await FlushAsync(preempt);
            released?.Add(block, page);
        }
    }

    public void Preempt(IMigrationChannel channel) => _preempt = new PreemptStream(new MigrationWriter(channel));

    public async ValueTask EndPreemptionAsync()
    {
        if (_preempt is not { } preempt) return;
        preempt.Writer.PutBe64(RamFlags.EndOfSection);
        await FlushAsync(preempt);
    }

    public void Disconnect() => _preempt = null;

    private async ValueTask FlushAsync(PreemptStream preempt)
    {
        long before = preempt.Writer.Transferred;
        await preempt.Writer.FlushAsync();
        long bytes = preempt.Writer.Transferred - before;
        context.Statistics.AddPreemptBytes(bytes);
        context.Statistics.AddRamBytes(bytes, context.GuestRuns);
    }

    private sealed class PreemptStream(MigrationWriter writer)
    {
        public MigrationWriter Writer => writer;

        public InlinePages Pages { get; } = new(writer, writer.FlushIfFullAsync);
    }
}
