using Qmp.Machine;
using Qmp.Migration.Channels;
using Qmp.Migration.Options;
using Qmp.Migration.SaveState;
using Qmp.Migration.Status;
using Qmp.Migration.Stream;
using Qmp.Migration.Switchover;
using Qmp.Types;
using Serilog;

namespace Qmp.Migration.Source;

/// <summary>The order and the framing of the main stream; the bodies are the savers'.</summary>
internal sealed partial class OutgoingStream
{
    private const uint SetupPing = 1;

    private readonly SourceContext _context;
    private readonly VirtualMachine _machine;
    private readonly MigrationOptions _options;
    private readonly ILogger _logger;
    private readonly Section[] _all;
    private readonly Section[] _iterative;

    /// <summary>Makes the savers of one attempt.</summary>
    public OutgoingStream(
        SourceContext context,
        SaveStateEntries entries,
        VirtualMachine machine,
        MigrationOptions options,
        SwitchoverGate gate,
        ILogger logger)
    {
        _context = context;
        _machine = machine;
        _options = options;
        _logger = logger;

        // The section's number is the entry's place among all entries, from 1: QEMU's loader takes 0 for an entry
        // that has not been named yet.
        _all = [.. entries.All.Select((entry, i) => new Section(entry, entry.CreateSaver(context), (uint)i + 1))];
        _iterative = [.. _all.Where(s => s.Saver.IsIterative)];
        Pending = new OutgoingPending([.. _iterative.Select(s => s.Saver)], context.Statistics, gate, logger);
    }

    /// <summary>Bytes of device state sent; <see langword="null"/> if no device counts them.</summary>
    public long? DeviceStateBytes
    {
        get
        {
            long? sum = null;
            foreach (Section section in _all)
            {
                if (section.Saver.DeviceStateBytes is { } bytes) sum = (sum ?? 0) + bytes;
            }

            return sum;
        }
    }

    /// <summary>What is left to send.</summary>
    public OutgoingPending Pending { get; }

    private MigrationWriter Writer => _context.Writer;

    /// <summary>Header, commands, and the beginning of every iterative section.</summary>
    public async ValueTask BeginAsync(bool withReturnPath)
    {
        await _context.AtAsync(FaultPoint.Header);
        StreamHeader.Write(Writer, _machine.Identity, _options);
        if (withReturnPath)
        {
            Writer.PutCommand(StreamCommand.OpenReturnPath, 0);
            Writer.PutPing(SetupPing);
        }

        Writer.PutPostcopyAdvice(_options);
        await _context.AtAsync(FaultPoint.HeaderDone);
        await _context.AtAsync(FaultPoint.Setup);
        foreach (Section section in _iterative)
        {
            PutStart(SectionType.Start, section);
            await section.Saver.SetupAsync();
            await EndSectionAsync(section);
        }

        await _context.AtAsync(FaultPoint.SetupDone);
    }

    /// <summary>One part of each iterative section that has anything to send, as far as the rate allows.</summary>
    public async ValueTask IterateAsync()
    {
        await _context.AtAsync(FaultPoint.Iterate);
        foreach (Section section in _iterative)
        {
            if (!section.Saver.IsIterating) continue;
            if (_context.RateExceeded) break;
            await IterateAsync(section);
        }

        await _context.AtAsync(FaultPoint.IterateDone);
    }

    /// <summary>Sends what is gathered while nothing else can be sent.</summary>
    public async ValueTask FlushAsync()
    {
        try
        {
            await _context.FlushAsync();
        }
        catch (ChannelException)
        {
            ReportFailure();
            throw;
        }
    }

    /// <summary>Tells standard error that the first entry could not be sent, as when its iteration failed.</summary>
    public void ReportFailure()
    {
        if (_iterative.Length > 0) ReportFailure(_iterative[0]);
    }

    /// <summary>Everything that is left, with the guest stopped.</summary>
    public async ValueTask CompleteAsync()
    {
        await _context.AtAsync(FaultPoint.Complete);
        if (_options.SendsSwitchoverStart) Writer.PutCommand(StreamCommand.SwitchoverStart, 0);
        try
        {
            await CompleteIterativeAsync();
        }
        catch (ChannelException e) when (_options.Rules.RestFailure.Length > 0)
        {
            throw new ChannelException(_options.Rules.RestFailure + e.Message);
        }

        await _context.AtAsync(FaultPoint.CompleteDone);
        await PutEndAsync();
    }

    private async ValueTask CompleteIterativeAsync()
    {
        foreach (Section section in _iterative)
        {
            if (!section.Saver.IsDone) await CompleteAsync(section);
        }

        if (_options.Rules.RestFailure.Length > 0) await _context.FlushAsync();
    }

    private async ValueTask IterateAsync(Section section)
    {
        try
        {
            PutContinuation(SectionType.Part, section);
            await section.Saver.IterateAsync();
            await EndSectionAsync(section);
        }
        catch (ChannelException)
        {
            ReportFailure(section);
            throw;
        }
    }

    private async ValueTask CompleteAsync(Section section)
    {
        PutContinuation(SectionType.End, section);
        await section.Saver.CompleteAsync();
        await EndSectionAsync(section);
    }

    /// <summary>The attempt is over.</summary>
    public void End()
    {
        foreach (Section section in _all) section.Saver.End();
    }

    // Returns the size of the body.
    private async ValueTask<long> SaveFinalAsync(Section section)
    {
        await _context.AtAsync(FaultPoint.DeviceSave);
        PutStart(SectionType.Full, section);
        long start = Writer.Position;
        await section.Saver.SaveFinalAsync();
        long size = Writer.Position - start;
        await EndSectionAsync(section);
        await _context.AtAsync(FaultPoint.DeviceSaveDone);
        return size;
    }

    private void PutStart(SectionType type, Section section)
    {
        _logger.Debug("savevm_section_start {Device} {Section}", section.Entry.Name, section.Id);
        PutContinuation(type, section);
        Writer.PutCountedString(section.Entry.Name);
        Writer.PutBe32(section.Entry.InstanceId);
        Writer.PutBe32((uint)section.Entry.Version);
    }

    private void PutContinuation(SectionType type, Section section)
    {
        Writer.PutByte((byte)type);
        Writer.PutBe32(section.Id);
    }

    private ValueTask EndSectionAsync(Section section)
    {
        Writer.PutByte((byte)SectionType.Footer);
        Writer.PutBe32(section.Id);
        return _context.FlushIfFullAsync();
    }

    private void ReportFailure(Section section) => _logger.Error(
        "failed to save SaveStateEntry with id(name): {Id}({Name:l}): {Error}",
        section.Id,
        section.Entry.Name,
        -(int)Errno.InputOutput);

    private sealed record Section(SaveStateEntry Entry, StateSaver Saver, uint Id);
}
