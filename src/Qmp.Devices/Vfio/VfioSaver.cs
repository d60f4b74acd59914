using Qmp.Migration.SaveState;
using Qmp.Migration.Stream;
using Qmp.Types;

namespace Qmp.Devices.Vfio;

/// <summary>Sends a device's state in sections of QEMU's format (WIRE 11).</summary>
/// <remarks>
/// What is pending is estimated from what the device said last, less what was read since; it is asked again where
/// QEMU asks. A device with much stop-copy state therefore keeps the guest from being stopped.
/// </remarks>
internal sealed class VfioSaver(VfioFunction function)
{
    private ulong _initial;
    private ulong _dirty;
    private int _pieceSize;
    private bool _initialDataSent;
    private long _transferred;

    /// <summary>Bytes of device state sent.</summary>
    public long Transferred => Volatile.Read(ref _transferred);

    /// <summary>Whether the destination was told that it has the initial data.</summary>
    public bool InitialDataSent => Volatile.Read(ref _initialDataSent);

    /// <summary>Bytes that could be sent while the device runs, as far as known.</summary>
    public ulong Estimate => function.State == VfioDeviceState.PreCopy ? _initial + _dirty : 0;

    /// <summary>The body of the first section.</summary>
    public void Begin(MigrationWriter writer)
    {
        writer.PutBe64(VfioTag.SetupState);
        function.Rewind();
        _pieceSize = (int)Math.Min(VfioData.MaxPiece, Math.Max(1, function.StopCopySize));
        Volatile.Write(ref _initialDataSent, false);
        Volatile.Write(ref _transferred, 0);
        if (function.State == VfioDeviceState.Running)
        {
            function.Enter(VfioDeviceState.PreCopy);
            Ask();
        }

        writer.PutBe64(VfioTag.EndOfState);
    }

    /// <summary>Asks the device what is left.</summary>
    public ulong Measure()
    {
        ulong size = function.StopCopySize;
        if (function.State == VfioDeviceState.PreCopy) Ask();
        return size;
    }

    /// <summary>The body of a section while the device runs: one piece at most.</summary>
    public void Iterate(SaveContext context)
    {
        ulong size = PutPiece(context.Writer);
        if (size == 0) (_initial, _dirty) = (0, 0); // empty for now, whatever was said
        ulong initial = Math.Min(_initial, size);
        _initial -= initial;
        _dirty -= Math.Min(_dirty, size - initial);
        bool tells = context.Options.Has(MigrationCapability.SwitchoverAck) && _initial == 0 && !_initialDataSent;
        context.Writer.PutBe64(tells ? VfioTag.InitialDataSent : VfioTag.EndOfState);
        if (tells) Volatile.Write(ref _initialDataSent, true);
    }

    /// <summary>The body of the last section, with the device stopped: all that is left.</summary>
    public async ValueTask CompleteAsync(SaveContext context)
    {
        function.Enter(VfioDeviceState.StopCopy);
        while (PutPiece(context.Writer) > 0) await context.FlushIfFullAsync();
        context.Writer.PutBe64(VfioTag.EndOfState);
    }

    private ulong PutPiece(MigrationWriter writer)
    {
        int size = function.Read(_pieceSize, out ulong position);
        if (size == 0) return 0;
        writer.PutBe64(VfioTag.DataState);
        writer.PutBe64((ulong)size);
        writer.PutReference(VfioData.AddressOf(position), size);
        Volatile.Write(ref _transferred, _transferred + size);
        return (ulong)size;
    }

    private void Ask() => (_initial, _dirty) = function.Precopy;
}
