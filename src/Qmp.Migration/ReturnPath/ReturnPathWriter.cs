using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Qmp.Linux;
using Qmp.Machine.Time;
using Qmp.Migration.Channels;
using Qmp.Migration.Faults;
using Qmp.Types;

namespace Qmp.Migration.ReturnPath;

/// <summary>The destination's side of the return path.</summary>
/// <remarks>Messages of different activities take turns.</remarks>
internal sealed class ReturnPathWriter
{
    private readonly IMigrationChannel _channel;
    private readonly byte[] _buffer = GC.AllocateArray<byte>(64, pinned: true);
    private readonly IoVector[] _piece = new IoVector[1];
    private readonly TimelineLock _turn;
    private readonly FaultSite _faults;
    private volatile bool _corrupt;

    public ReturnPathWriter(IMigrationChannel channel, Timeline timeline, FaultSite faults)
    {
        _channel = channel;
        _faults = faults;
        _turn = new TimelineLock(timeline);
    }

    /// <summary>Everything is loaded, or nothing more will be.</summary>
    /// <param name="error">0, or non-zero if the load failed.</param>
    public ValueTask ShutAsync(uint error) => SendAsync(ReturnPathMessage.Shut, error);

    /// <summary>Answers a PING.</summary>
    public ValueTask PongAsync(uint value) => SendAsync(ReturnPathMessage.Pong, value);

    /// <summary>No device holds the switchover up.</summary>
    public ValueTask SwitchoverAckAsync() => SendAsync(ReturnPathMessage.SwitchoverAck, null);

    /// <summary>Changes a byte of what is sent next.</summary>
    public void CorruptNext() => _corrupt = true;

    private async ValueTask SendAsync(ReturnPathMessage message, uint? value)
    {
        using TimelineLock.Hold turn = await _turn.EnterAsync();
        await _faults.AtAsync(FaultPoint.ReturnPathSend);
        int length = value is null ? 0 : 4;
        BinaryPrimitives.WriteUInt16BigEndian(_buffer, (ushort)message);
        BinaryPrimitives.WriteUInt16BigEndian(_buffer.AsSpan(2), (ushort)length);
        if (value is { } v) BinaryPrimitives.WriteUInt32BigEndian(_buffer.AsSpan(4), v);
        if (_corrupt) _buffer[(4 + length) / 2] ^= 0xff;
        _corrupt = false;
        _piece[0] = new IoVector(Marshal.UnsafeAddrOfPinnedArrayElement(_buffer, 0), 4 + length);
        await _channel.WriteAsync(_piece);
        await _faults.AtAsync(FaultPoint.ReturnPathSendDone);
    }
}
