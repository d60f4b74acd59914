using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
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
    /// <summary>What follows a bitmap.</summary>
    internal const ulong BitmapEnd = 0x0123456789abcdef;

    /// <summary>What a destination that goes on says.</summary>
    internal const uint ResumeAckValue = 1;

    private const int HeaderLength = 4;

    private readonly IMigrationChannel _channel;
    private readonly byte[] _buffer = GC.AllocateArray<byte>(512, pinned: true);
    private readonly IoVector[] _piece = new IoVector[1];
    private readonly TimelineLock _turn;
    private readonly FaultSite _faults;
    private volatile bool _corrupt;
    private string? _lastBlock; // of those that pages were asked for of

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

    /// <summary>The guest waits for a page. The block is named if it is another one than last time.</summary>
    public async ValueTask RequestPageAsync(string block, ulong offset, uint length)
    {
        if (await _faults.AskAsync(FaultPoint.PageRequest) == FaultAction.Drop) return;
        await SendRequestAsync(block, offset, length);
        await _faults.AtAsync(FaultPoint.PageRequestDone);
    }

    private async ValueTask SendRequestAsync(string block, ulong offset, uint length)
    {
        using TimelineLock.Hold turn = await _turn.EnterAsync();
        bool names = block != _lastBlock;
        BinaryPrimitives.WriteUInt64BigEndian(_buffer.AsSpan(HeaderLength), offset);
        BinaryPrimitives.WriteUInt32BigEndian(_buffer.AsSpan(HeaderLength + 8), length);
        int size = 12 + (names ? PutCountedString(HeaderLength + 12, block) : 0);
        await SendBufferAsync(names ? ReturnPathMessage.RequestPagesOfBlock : ReturnPathMessage.RequestPages, size);
        _lastBlock = block;
    }

    /// <summary>The pages of a block that are here, which follow their message, and a mark at their end.</summary>
    public async ValueTask ReceivedBitmapAsync(string block, byte[] bitmap)
    {
        using TimelineLock.Hold turn = await _turn.EnterAsync();
        await SendBufferAsync(ReturnPathMessage.ReceivedBitmap, PutCountedString(HeaderLength, block));
        byte[] body = GC.AllocateUninitializedArray<byte>(bitmap.Length + 16, pinned: true);
        BinaryPrimitives.WriteUInt64BigEndian(body, (ulong)bitmap.Length);
        bitmap.CopyTo(body, 8);
        BinaryPrimitives.WriteUInt64BigEndian(body.AsSpan(8 + bitmap.Length), BitmapEnd);
        _piece[0] = new IoVector(Marshal.UnsafeAddrOfPinnedArrayElement(body, 0), body.Length);
        await _channel.WriteAsync(_piece);
        GC.KeepAlive(body);
    }

    /// <summary>What was broken off goes on.</summary>
    public ValueTask ResumeAckAsync() => SendAsync(ReturnPathMessage.ResumeAck, ResumeAckValue);

    /// <summary>Changes a byte of what is sent next.</summary>
    public void CorruptNext() => _corrupt = true;

    private async ValueTask SendAsync(ReturnPathMessage message, uint? value)
    {
        using TimelineLock.Hold turn = await _turn.EnterAsync();
        if (value is { } v) BinaryPrimitives.WriteUInt32BigEndian(_buffer.AsSpan(HeaderLength), v);
        await SendBufferAsync(message, value is null ? 0 : 4);
    }

    private int PutCountedString(int place, string text)
    {
        int length = Encoding.UTF8.GetBytes(text, _buffer.AsSpan(place + 1));
        _buffer[place] = checked((byte)length);
        return 1 + length;
    }

    // A message whose data is in the buffer, behind the room for its header.
    private async ValueTask SendBufferAsync(ReturnPathMessage message, int length)
    {
        await _faults.AtAsync(FaultPoint.ReturnPathSend);
        BinaryPrimitives.WriteUInt16BigEndian(_buffer, (ushort)message);
        BinaryPrimitives.WriteUInt16BigEndian(_buffer.AsSpan(2), (ushort)length);
        if (_corrupt) _buffer[(4 + length) / 2] ^= 0xff;
        _corrupt = false;
        _piece[0] = new IoVector(Marshal.UnsafeAddrOfPinnedArrayElement(_buffer, 0), 4 + length);
        await _channel.WriteAsync(_piece);
        await _faults.AtAsync(FaultPoint.ReturnPathSendDone);
    }
}
