using Qmp.Machine;
using Qmp.Migration.Channels;
using Qmp.Migration.Options;
using Qmp.Migration.SaveState;
using Qmp.Migration.Status;
using Qmp.Migration.Stream;
using Qmp.Types;
using Serilog;

namespace Qmp.Migration.Source;

/// <summary>The order and the framing of the main stream (WIRE 3); the bodies are the devices'.</summary>
internal sealed class OutgoingStream
{
    private const uint SetupPing = 1;

    private readonly VirtualMachine _machine;
    private readonly MigrationOptions _options;
    private readonly ILogger _logger;
    private readonly Section<IterativeEntry>[] _live;
    private readonly Section<SaveStateEntry>[] _final;

    public OutgoingStream(
        IMigrationChannel channel,
        IReadOnlyList<SaveStateEntry> devices,
        VirtualMachine machine,
        MigrationOptions options,
        ILogger logger)
    {
        _logger = logger;
        Writer = new MigrationWriter(channel);
        _machine = machine;
        _options = options;

        // The section's number is the device's place among all devices, from 1: QEMU's loader takes 0 for a device
        // that has not been named yet.
        (SaveStateEntry Device, uint Id)[] numbered = [.. devices.Select((d, i) => (d, (uint)i + 1))];
        _live =
        [
            .. numbered.Where(n => n.Device is IterativeEntry live && live.IsActive(options))
                .Select(n => new Section<IterativeEntry>((IterativeEntry)n.Device, n.Id)),
        ];
        _final =
        [
            .. numbered.Where(n => n.Device is VmStateEntry or IterativeEntry { HasFinalState: true })
                .Select(n => new Section<SaveStateEntry>(n.Device, n.Id)),
        ];
    }

    public MigrationWriter Writer { get; }

    /// <summary>Header, commands, and the beginning of every live device.</summary>
    public async ValueTask BeginAsync(SaveContext context, bool withReturnPath)
    {
        await context.Faults.AtAsync(FaultPoint.Header);
        StreamHeader.Write(Writer, _machine.Identity, _options);
        if (withReturnPath)
        {
            PutCommand(StreamCommand.OpenReturnPath, 0);
            PutCommand(StreamCommand.Ping, 4);
            Writer.PutBe32(SetupPing);
        }

        if (_options.Has(MigrationCapability.DirtyBitmaps)) PutCommand(StreamCommand.PostcopyAdvise, 0);
        await context.Faults.AtAsync(FaultPoint.HeaderDone);
        await context.Faults.AtAsync(FaultPoint.Setup);
        foreach (Section<IterativeEntry> section in _live)
        {
            PutStart(SectionType.Start, section.Device, section.Id);
            await section.Device.SetupAsync(context);
            PutFooter(section.Id);
            await context.FlushIfFullAsync();
        }

        await context.Faults.AtAsync(FaultPoint.SetupDone);
    }

    /// <summary>Whether a turn of the live devices would send anything.</summary>
    public bool HasSomethingToSend(SaveContext context) =>
        PendingEstimate(context).Total > 0 || _live.Any(s => s.Device.HasNews(_options));

    public PendingState PendingEstimate(SaveContext context)
    {
        PendingState sum = default;
        foreach (Section<IterativeEntry> section in _live) sum += section.Device.PendingEstimate(context);
        return sum;
    }

    public async ValueTask<PendingState> PendingExactAsync(SaveContext context)
    {
        PendingState sum = default;
        foreach (Section<IterativeEntry> section in _live) sum += await section.Device.PendingExactAsync(context);
        return sum;
    }

    /// <summary>One part of each live device that has anything to send, as far as the rate allows.</summary>
    public async ValueTask IterateAsync(SaveContext context)
    {
        await context.Faults.AtAsync(FaultPoint.Iterate);
        foreach (Section<IterativeEntry> section in _live)
        {
            if (!section.Device.IsIterating) continue;
            if (context.RateExceeded) break;
            try
            {
                Writer.PutByte((byte)SectionType.Part);
                Writer.PutBe32(section.Id);
                await section.Device.IterateAsync(context);
                PutFooter(section.Id);
                await context.FlushIfFullAsync();
            }
            catch (ChannelException)
            {
                ReportFailure(section);
                throw;
            }
        }

        await context.Faults.AtAsync(FaultPoint.IterateDone);
    }

    /// <summary>Sends what is gathered while nothing else can be sent.</summary>
    public async ValueTask FlushAsync(SaveContext context)
    {
        try
        {
            await context.FlushAsync();
        }
        catch (ChannelException)
        {
            ReportFailure();
            throw;
        }
    }

    /// <summary>Tells standard error that the first device could not be sent, as when its iteration failed.</summary>
    public void ReportFailure()
    {
        if (_live.Length > 0) ReportFailure(_live[0]);
    }

    /// <summary>Everything that is left, with the guest stopped.</summary>
    public async ValueTask CompleteAsync(SaveContext context)
    {
        await context.Faults.AtAsync(FaultPoint.Complete);
        PutCommand(StreamCommand.SwitchoverStart, 0);
        foreach (Section<IterativeEntry> section in _live)
        {
            if (!section.Device.IsActive(_options)) continue;
            Writer.PutByte((byte)SectionType.End);
            Writer.PutBe32(section.Id);
            await section.Device.CompleteAsync(context);
            PutFooter(section.Id);
            await context.FlushIfFullAsync();
        }

        await context.Faults.AtAsync(FaultPoint.CompleteDone);
        var saved = new List<(SaveStateEntry, long)>();
        foreach (Section<SaveStateEntry> section in _final)
        {
            saved.Add((section.Device, await SaveAsync(context, section)));
        }

        await context.Faults.AtAsync(FaultPoint.End);
        byte[] description = StreamDescription.Describe(_machine.Identity, _options, saved);
        Writer.PutByte((byte)SectionType.EndOfFile);
        Writer.PutByte((byte)SectionType.VmDescription);
        Writer.PutBe32((uint)description.Length);
        await Writer.PutAllAsync(description);
        await context.FlushAsync();
    }

    public void Cleanup(SaveContext context)
    {
        foreach (Section<IterativeEntry> section in _live) section.Device.Cleanup(context);
    }

    // Returns the size of the body.
    private async ValueTask<long> SaveAsync(SaveContext context, Section<SaveStateEntry> section)
    {
        await context.Faults.AtAsync(FaultPoint.DeviceSave);
        PutStart(SectionType.Full, section.Device, section.Id);
        long start = Writer.Position;
        if (section.Device is VmStateEntry device) device.State.Save(Writer);
        else if (section.Device is IterativeEntry live) await live.SaveFinalStateAsync(context);
        long size = Writer.Position - start;
        PutFooter(section.Id);
        await context.FlushIfFullAsync();
        await context.Faults.AtAsync(FaultPoint.DeviceSaveDone);
        return size;
    }

    private void PutStart(SectionType type, SaveStateEntry device, uint id)
    {
        Writer.PutByte((byte)type);
        Writer.PutBe32(id);
        Writer.PutCountedString(device.Name);
        Writer.PutBe32(device.InstanceId);
        Writer.PutBe32((uint)device.Version);
    }

    private void PutFooter(uint id)
    {
        Writer.PutByte((byte)SectionType.Footer);
        Writer.PutBe32(id);
    }

    private void PutCommand(StreamCommand command, ushort length)
    {
        Writer.PutByte((byte)SectionType.Command);
        Writer.PutBe16((ushort)command);
        Writer.PutBe16(length);
    }

    private void ReportFailure(Section<IterativeEntry> section) => _logger.Error(
        "failed to save SaveStateEntry with id(name): {Id}({Name:l}): {Error}",
        section.Id,
        section.Device.Name,
        -(int)Errno.InputOutput);

    private readonly record struct Section<T>(T Device, uint Id);
}
