using Qmp.Migration.SaveState;
using Qmp.Migration.Status;
using Qmp.Migration.Stream;
using Qmp.Types;

namespace Qmp.Devices.Vfio;

/// <summary>Takes a device's state in, and decides when the switchover may come.</summary>
/// <remarks>
/// The device works on its initial data when it has all of it: when the source says so, when as many bytes are here as
/// its own settings name, or at the latest with its configuration. Data of a device that began anew, which it knows when it
/// sees it, has to be worked on again. Nothing else of the stream is loaded meanwhile, as
/// nothing is while a driver is busy.
/// </remarks>
internal sealed class VfioLoader(VfioSettings settings, VfioSwitchover switchover, LoadContext context)
    : StateLoader
{
    private ulong _received;
    private bool _worked;

    public override async ValueTask LoadAsync(MigrationReader reader, int version)
    {
        while (true)
        {
            await reader.NeedAsync(8);
            ulong tag = reader.GetBe64();
            if (reader.Failed) throw new LoadException(Errno.InputOutput);
            switch (tag)
            {
                case VfioTag.EndOfState:
                    return;

                case VfioTag.SetupState:
                    await ExpectEndAsync(reader);
                    switchover.Begin();
                    return;

                case VfioTag.DataState:
                    await LoadDataAsync(reader);
                    break;

                case VfioTag.InitialDataSent:
                    switchover.Ask();
                    await WorkAsync();
                    await AcknowledgeAsync();
                    return;

                case VfioTag.ConfigState:
                    await WorkAsync();
                    await LoadConfigurationAsync(reader);
                    if (!context.Has(MigrationCapability.SwitchoverAck)) switchover.Enter(SwitchoverStep.Approved);
                    return;

                default:
                    throw Refusal($"Unknown tag 0x{tag:x}");
            }
        }
    }

    private bool HasInitialData => settings.InitialBytes > 0 && _received >= settings.InitialBytes;

    private async ValueTask ExpectEndAsync(MigrationReader reader)
    {
        await reader.NeedAsync(8);
        ulong tag = reader.GetBe64();
        if (tag != VfioTag.EndOfState) throw Refusal($"SETUP STATE: EOS not found 0x{tag:x}");
    }

    private async ValueTask LoadDataAsync(MigrationReader reader)
    {
        await reader.NeedAsync(8);
        ulong size = reader.GetBe64();
        if (reader.Failed) throw new LoadException(Errno.InputOutput);
        bool hadAll = HasInitialData;
        await TakeAsync(reader, _received, size, isConfiguration: false);
        _received += size;
        if (!hadAll && HasInitialData) await WorkAsync();
    }

    private async ValueTask LoadConfigurationAsync(MigrationReader reader)
    {
        await TakeAsync(reader, 0, settings.ConfigBytes, isConfiguration: true);
        await reader.NeedAsync(8);
        ulong tag = reader.GetBe64();
        if (reader.Failed) throw new LoadException(Errno.InputOutput);
        if (tag != VfioTag.EndOfState) throw Refusal($"Failed loading device config space, end flag incorrect 0x{tag:x}");
    }

    // The device takes what it is given only if it is its own.
    private async ValueTask TakeAsync(MigrationReader reader, ulong position, ulong size, bool isConfiguration)
    {
        for (ulong end = position + size; position < end;)
        {
            await reader.NeedAsync(1);
            int count = (int)Math.Min(end - position, (ulong)Math.Min(reader.Available, VfioData.MaxPiece));
            if (count == 0) throw new LoadException(Errno.InputOutput);
            ReadOnlySpan<byte> bytes = reader.Buffered[..count];
            bool isAnew = !isConfiguration && bytes[0] == VfioData.At(position, 1, isAnew: true)[0];
            if (isAnew) _worked = false;
            int same = bytes.CommonPrefixLength(VfioData.At(position, count, isAnew));
            if (same < count)
            {
                throw new LoadException(
                    Errno.InputOutput,
                    $"{settings.Id}: the device does not accept its state, at byte {position + (ulong)same}");
            }

            reader.Skip(count);
            position += (ulong)count;
        }
    }

    private async ValueTask WorkAsync()
    {
        if (_worked) return;
        _worked = true;
        if (settings.LoadTime <= TimeSpan.Zero) return;
        switchover.Enter(SwitchoverStep.Loading);
        await context.WorkAsync(settings.LoadTime);
    }

    private async ValueTask AcknowledgeAsync()
    {
        if (!context.Has(MigrationCapability.SwitchoverAck))
        {
            throw Refusal("Received INIT_DATA_SENT but switchover ack is not used");
        }

        if (settings.Ack == VfioAckPolicy.Auto) await switchover.ApproveAsync(context);
        else switchover.Wait(context);
    }

    private LoadException Refusal(string reason) => new(Errno.Invalid, $"{settings.Id}: {reason}");
}
