using Qmp.Migration.SaveState;
using Qmp.Migration.SaveState.VmState;
using Qmp.Migration.Stream;
using Qmp.Types;

namespace Qmp.Migration.Source;

/// <content>What the stream of a guest that runs on has of its own.</content>
internal sealed partial class OutgoingStream
{
    /// <summary>Everything that follows memory, with the guest stopped: kept until memory has been sent.</summary>
    public ValueTask<ReadOnlyMemory<byte>> StashAsync() => WriteAsideAsync(PutEndAsync);

    /// <summary>Keeps the guest from changing what has not been sent.</summary>
    public void Protect()
    {
        foreach (Section section in _iterative) section.Saver.Protect();
    }

    /// <summary>Lets the guest change everything.</summary>
    public void Unprotect()
    {
        foreach (Section section in _iterative) section.Saver.Unprotect();
    }

    /// <summary>What was kept, when memory has been sent.</summary>
    public async ValueTask PutStashAsync(ReadOnlyMemory<byte> stash)
    {
        foreach (Section section in _iterative) await section.Saver.SettleSnapshotAsync();
        Writer.CountElsewhere(stash.Length); // QEMU counts it when it is kept and when it is sent
        await Writer.PutAllAsync(stash);
        await _context.FlushAsync();
    }

    // The state of stopped devices, the end and the description of both.
    private async ValueTask PutEndAsync()
    {
        var saved = new List<(SaveStateEntry, VmStateDescription?, long)>();
        foreach (Section section in _all)
        {
            if (!section.Saver.HasFinalSection) continue;
            saved.Add((section.Entry, section.Saver.Description, await SaveFinalAsync(section)));
        }

        await _context.AtAsync(FaultPoint.End);
        byte[] description = StreamDescription.Describe(_machine.Identity, _options, saved);
        Writer.PutByte((byte)SectionType.EndOfFile);
        Writer.PutByte((byte)SectionType.VmDescription);
        Writer.PutBe32((uint)description.Length);
        await Writer.PutAllAsync(description);
        await _context.FlushAsync();
    }
}
