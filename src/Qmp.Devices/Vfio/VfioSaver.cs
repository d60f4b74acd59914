using Qmp.Migration.Rules;
using Qmp.Migration.SaveState;
using Qmp.Types;
using Serilog;

namespace Qmp.Devices.Vfio;

/// <summary>Sends a device's state in sections of QEMU's format.</summary>
/// <remarks>
/// What is pending is estimated from what the device said last, less what was read since; it is asked again where
/// QEMU asks. A device with much stop-copy state therefore keeps the guest from being stopped.
/// </remarks>
internal sealed class VfioSaver(VfioSettings settings, VfioFunction function, SaveContext context, ILogger logger) : StateSaver
{
    private ulong _initial;
    private ulong _dirty;
    private ulong _stopCopy; // what was not initial or dirty when the device was asked, where that is estimated
    private int _pieceSize;
    private bool _initialDataSent;
    private int _requests;
    private uint _newRequests;
    private long _transferred;
    private long _sentAt;
    private volatile bool _isSending;

    /// <summary>Whether the device is being sent: from its first section to the end of the attempt.</summary>
    public bool IsSending => _isSending;

    /// <summary>When the first section or the last of the initial data was sent, in milliseconds.</summary>
    public long SentAt => Volatile.Read(ref _sentAt);

    /// <summary>How many acks it has asked its machine to wait for.</summary>
    public int Requests => Volatile.Read(ref _requests);

    public override bool IsIterative => true;

    public override bool IsIterating => function.State == VfioDeviceState.PreCopy;

    public override bool HasAnnouncement => IsIterating && NeedsAck && !InitialDataSent;

    public override bool HasFinalSection => true;

    public override long? DeviceStateBytes => Volatile.Read(ref _transferred);

    /// <summary>Whether the destination was told that it has the initial data; of a device that began anew, the new one.</summary>
    public bool InitialDataSent => Volatile.Read(ref _initialDataSent);

    /// <summary>Bytes that could be sent while the device runs, as far as known; where all counts, the others too.</summary>
    public override PendingState PendingEstimate => new(IsIterating ? _initial + _dirty : 0, 0, _stopCopy);

    private bool NeedsAck => context.Has(MigrationCapability.SwitchoverAck);

    private bool AsksForEachAck => NeedsAck && context.AckMode == SwitchoverAckMode.Each;

    public override ValueTask SetupAsync()
    {
        Volatile.Write(ref _sentAt, context.Now);
        _isSending = true;
        context.Writer.PutBe64(VfioTag.SetupState);
        function.Rewind();
        _pieceSize = (int)Math.Min(VfioData.MaxPiece, Math.Max(1, function.StopCopySize));
        if (function.State == VfioDeviceState.Running)
        {
            function.Enter(VfioDeviceState.PreCopy);
            if (AsksForEachAck) RequestAck();
            Ask();
        }

        if (context.Rules.EstimatesStopCopy) CountStopCopy();
        context.Writer.PutBe64(VfioTag.EndOfState);
        return ValueTask.CompletedTask;
    }

    /// <summary>Asks the device what is left.</summary>
    public override ValueTask<PendingState> PendingExactAsync(bool isFinal)
    {
        ulong size = function.StopCopySize;
        if (function.State == VfioDeviceState.PreCopy) Ask();
        else (_initial, _dirty) = (0, 0);
        if (!context.Rules.EstimatesStopCopy) return new ValueTask<PendingState>(new PendingState(size, 0));
        CountStopCopy();
        return new ValueTask<PendingState>(PendingEstimate);
    }

    public override uint TakeAckRequests() => Interlocked.Exchange(ref _newRequests, 0);

    /// <summary>One piece at most.</summary>
    public override ValueTask IterateAsync()
    {
        ulong size = PutPiece();
        if (size == 0) (_initial, _dirty) = (0, 0); // empty for now, whatever was said
        ulong initial = Math.Min(_initial, size);
        _initial -= initial;
        _dirty -= Math.Min(_dirty, size - initial);
        bool tells = NeedsAck && _initial == 0 && !_initialDataSent;
        context.Writer.PutBe64(tells ? VfioTag.InitialDataSent : VfioTag.EndOfState);
        if (!tells) return ValueTask.CompletedTask;
        logger.Debug("vfio_send_init_data_flag ({Device:l})", settings.Id);
        Volatile.Write(ref _initialDataSent, true);
        Volatile.Write(ref _sentAt, context.Now);
        return ValueTask.CompletedTask;
    }

    public override async ValueTask CompleteAsync()
    {
        function.Enter(VfioDeviceState.StopCopy);
        while (PutPiece() > 0) await context.FlushIfFullAsync();
        context.Writer.PutBe64(VfioTag.EndOfState);
    }

    public override async ValueTask SaveFinalAsync()
    {
        context.Writer.PutBe64(VfioTag.ConfigState);
        for (ulong at = 0; at < settings.ConfigBytes;)
        {
            int length = (int)Math.Min(VfioData.MaxPiece, settings.ConfigBytes - at);
            context.Writer.PutReference(VfioData.AddressOf(at), length);
            at += (ulong)length;
            await context.FlushIfFullAsync();
        }

        context.Writer.PutBe64(VfioTag.EndOfState);
    }

    public override void End()
    {
        _isSending = false;
        if (function.State == VfioDeviceState.PreCopy) function.Enter(VfioDeviceState.Running);
        else if (function.State == VfioDeviceState.StopCopy) function.Enter(VfioDeviceState.Stop);
    }

    private ulong PutPiece()
    {
        int size = function.Read(_pieceSize, out ulong position, out bool isAnew);
        if (size == 0) return 0;
        context.Writer.PutBe64(VfioTag.DataState);
        context.Writer.PutBe64((ulong)size);
        context.Writer.PutReference(VfioData.AddressOf(position, isAnew), size);
        Volatile.Write(ref _transferred, _transferred + size);
        return (ulong)size;
    }

    // A device that began anew is asked for a new ack if the destination has been told of the old data; else the old
    // request stands for the new data.
    private void Ask()
    {
        (_initial, _dirty, bool beganAnew) = function.AskPrecopy();
        logger.Debug(
            "vfio_query_precopy_size ({Device:l}) init {Initial}, dirty {Dirty}, reinit {BeganAnew}, ret 0",
            settings.Id,
            _initial,
            _dirty,
            beganAnew ? 1 : 0);
        if (!beganAnew || !_initialDataSent || !AsksForEachAck) return;
        Volatile.Write(ref _initialDataSent, false);
        RequestAck();
        logger.Debug("vfio_query_precopy_size_request_switchover_ack ({Device:l})", settings.Id);
    }

    private void RequestAck()
    {
        Interlocked.Increment(ref _newRequests);
        Interlocked.Increment(ref _requests);
    }

    private void CountStopCopy()
    {
        ulong size = function.StopCopySize;
        ulong precopy = IsIterating ? _initial + _dirty : 0;
        _stopCopy = size > precopy ? size - precopy : 0;
    }
}
