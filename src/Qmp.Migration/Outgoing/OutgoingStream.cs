using Qmp.Machine;
using Qmp.Migration.Channels;
using Qmp.Migration.Devices;
using Qmp.Migration.Options;
using Qmp.Migration.Stream;
using Qmp.Types;

namespace Qmp.Migration.Outgoing;

/// <summary>The order and the framing of the main stream (WIRE 3); the bodies are the devices'.</summary>
internal sealed class OutgoingStream
{
    private const uint SetupPing = 1;

    private readonly VirtualMachine _machine;
    private readonly MigrationOptions _options;
    private readonly Section<LiveDevice>[] _live;
    private readonly Section<StateDevice>[] _state;

    public OutgoingStream(
        IMigrationChannel channel,
        IReadOnlyList<SavedDevice> devices,
        VirtualMachine machine,
        MigrationOptions options)
    {
        Writer = new MigrationWriter(channel);
        _machine = machine;
        _options = options;

        // The section's number is the device's place among all devices, from 1: QEMU's loader takes 0 for a device
        // that has not been named yet.
        (SavedDevice Device, uint Id)[] numbered = [.. devices.Select((d, i) => (d, (uint)i + 1))];
        _live =
        [
            .. numbered.Where(n => n.Device is LiveDevice live && live.IsActive(options))
                .Select(n => new Section<LiveDevice>((LiveDevice)n.Device, n.Id)),
        ];
        _state =
        [
            .. numbered.Where(n => n.Device is StateDevice)
                .Select(n => new Section<StateDevice>((StateDevice)n.Device, n.Id)),
        ];
    }

    public MigrationWriter Writer { get; }

    /// <summary>Header, commands, and the beginning of every live device.</summary>
    public async ValueTask BeginAsync(OutgoingContext context, bool withReturnPath)
    {
        StreamHeader.Write(Writer, _machine.Identity, _options);
        if (withReturnPath)
        {
            PutCommand(StreamCommand.OpenReturnPath, 0);
            PutCommand(StreamCommand.Ping, 4);
            Writer.PutBe32(SetupPing);
        }

        if (_options.Has(MigrationCapability.DirtyBitmaps)) PutCommand(StreamCommand.PostcopyAdvise, 0);
        foreach (Section<LiveDevice> section in _live)
        {
            PutStart(SectionType.Start, section.Device, section.Id);
            await section.Device.SetupAsync(context);
            PutFooter(section.Id);
            await context.FlushIfFullAsync();
        }
    }

    public PendingState EstimatePending(OutgoingContext context) => Sum(d => d.EstimatePending(context));

    public PendingState MeasurePending(OutgoingContext context) => Sum(d => d.MeasurePending(context));

    /// <summary>One part of each live device that has anything to send.</summary>
    public async ValueTask IterateAsync(OutgoingContext context)
    {
        foreach (Section<LiveDevice> section in _live)
        {
            if (!section.Device.IsIterating) continue;
            Writer.PutByte((byte)SectionType.Part);
            Writer.PutBe32(section.Id);
            await section.Device.IterateAsync(context);
            PutFooter(section.Id);
            await context.FlushIfFullAsync();
        }
    }

    /// <summary>Everything that is left, with the guest stopped.</summary>
    public async ValueTask CompleteAsync(OutgoingContext context)
    {
        PutCommand(StreamCommand.SwitchoverStart, 0);
        foreach (Section<LiveDevice> section in _live)
        {
            if (!section.Device.IsActive(_options)) continue;
            Writer.PutByte((byte)SectionType.End);
            Writer.PutBe32(section.Id);
            await section.Device.CompleteAsync(context);
            PutFooter(section.Id);
            await context.FlushIfFullAsync();
        }

        foreach (Section<StateDevice> section in _state)
        {
            PutStart(SectionType.Full, section.Device, section.Id);
            section.Device.State.Save(Writer);
            PutFooter(section.Id);
            await context.FlushIfFullAsync();
        }

        byte[] description = VmDescription.Describe(_machine.Identity, _state.Select(s => s.Device));
        Writer.PutByte((byte)SectionType.EndOfFile);
        Writer.PutByte((byte)SectionType.VmDescription);
        Writer.PutBe32((uint)description.Length);
        await Writer.PutAllAsync(description);
        await context.FlushAsync();
    }

    public void Cleanup(OutgoingContext context)
    {
        foreach (Section<LiveDevice> section in _live) section.Device.Cleanup(context);
    }

    private PendingState Sum(Func<LiveDevice, PendingState> pending)
    {
        PendingState sum = default;
        foreach (Section<LiveDevice> section in _live) sum += pending(section.Device);
        return sum;
    }

    private void PutStart(SectionType type, SavedDevice device, uint id)
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

    private readonly record struct Section<T>(T Device, uint Id);
}
