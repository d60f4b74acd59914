using Qmp.Machine.Memory;
using Qmp.Migration.Postcopy;
using Qmp.Migration.Stream;
using Qmp.Types;

namespace Qmp.Migration.Source;

/// <content>What the stream has of postcopy.</content>
internal sealed partial class OutgoingStream
{
    // The numbers of PINGs say where in the stream a destination has come to.
    private const uint DiscardsPing = 2;
    private const uint PackageBeginPing = 3;
    private const uint PackageEndPing = 4;

    /// <summary>The destination has loaded the devices; newer releases wait for the answer.</summary>
    public const uint PackageLoadedPing = 66;

    /// <summary>Everything that must be there before the guest runs, with the guest stopped; and which pages are not.</summary>
    public async ValueTask HandOverAsync()
    {
        await _context.AtAsync(FaultPoint.Complete);
        foreach (Section section in _iterative)
        {
            if (!section.Saver.NeedsSettling) continue;
            PutContinuation(SectionType.Part, section);
            await section.Saver.SettleAsync();
            await EndSectionAsync(section);
        }

        if (_options.SendsSwitchoverStart) Writer.PutCommand(StreamCommand.SwitchoverStart, 0);
        foreach (Section section in _iterative)
        {
            if (!section.Saver.CanPostcopy && !section.Saver.IsDone) await CompleteAsync(section);
        }

        foreach (Section section in _iterative)
        {
            if (section.Saver.CanPostcopy) await section.Saver.BeginPostcopyAsync();
        }

        Writer.PutPing(DiscardsPing);
        ReadOnlyMemory<byte> package = await PackAsync();
        await _context.AtAsync(FaultPoint.CompleteDone);
        Writer.PutCommand(StreamCommand.Packaged, sizeof(uint));
        Writer.PutBe32((uint)package.Length);
        await Writer.PutAllAsync(package);
        await _context.FlushAsync();
    }

    /// <summary>Asks the destination to say that it reads what is behind the package.</summary>
    public async ValueTask EndHandOverAsync()
    {
        Writer.PutPing(PackageEndPing);
        await _context.FlushAsync();
        _context.Statistics.EnterPostcopy();
    }

    /// <summary>One part of each section that follows the guest, as far as the rate allows, and what was asked for.</summary>
    public async ValueTask IterateBehindAsync()
    {
        await _context.AtAsync(FaultPoint.Iterate);
        foreach (Section section in _iterative)
        {
            if (section.Saver.CanPostcopy) await IterateAsync(section);
        }

        await _context.AtAsync(FaultPoint.IterateDone);
    }

    /// <summary>All that is left to follow the guest, and the end.</summary>
    public async ValueTask CompleteBehindAsync()
    {
        foreach (Section section in _iterative)
        {
            if (section.Saver.CanPostcopy) await CompleteAsync(section);
        }

        await _context.AtAsync(FaultPoint.End);
        Writer.PutByte((byte)SectionType.EndOfFile);
        await _context.FlushAsync();
        if (_options.PreemptsEarly) await _context.Postcopy.EndPreemptionAsync();
    }

    /// <summary>Asks over a new connection what the destination has.</summary>
    public async ValueTask AskForBitmapsAsync()
    {
        foreach (RamBlock block in _machine.Memory.Blocks) Writer.PutReceivedBitmapRequest(block);
        await _context.FlushAsync();
    }

    /// <summary>Goes on with what the destination has not, and asks whether it does, too.</summary>
    public async ValueTask ResumeAsync()
    {
        foreach (Section section in _iterative) section.Saver.Resume();
        Writer.PutCommand(StreamCommand.PostcopyResume, 0);
        await _context.FlushAsync();
    }

    // The devices' state goes as one piece: a destination takes all of it before it lets go of the stream.
    private ValueTask<ReadOnlyMemory<byte>> PackAsync() => WriteAsideAsync(async () =>
    {
        Writer.PutCommand(StreamCommand.PostcopyListen, 0);
        foreach (Section section in _all)
        {
            if (section.Saver.HasFinalSection) await SaveFinalAsync(section);
        }

        Writer.PutPing(PackageBeginPing);
        if (_options.Rules.AwaitsPackage) Writer.PutPing(PackageLoadedPing);
        Writer.PutCommand(StreamCommand.PostcopyRun, 0);
        await _context.FlushAsync();
    });

    // Keeps what is written, and flushed, instead of sending it.
    private async ValueTask<ReadOnlyMemory<byte>> WriteAsideAsync(Func<ValueTask> write)
    {
        var aside = new MemoryChannel();
        _context.Divert(new MigrationWriter(aside));
        try
        {
            await write();
            return aside.Written;
        }
        finally
        {
            _context.Divert(null);
        }
    }
}
