using System.Buffers.Binary;
using System.Text;
using Qmp.Migration.Channels;
using Qmp.Migration.Faults;
using Qmp.Types;

namespace Qmp.Migration.ReturnPath;

/// <summary>The source's side of the return path: reads until SHUT, the end, or nonsense.</summary>
internal sealed class ReturnPathReader
{
    private const int MaxData = 512;
    private const int RequestLength = 12;
    private const string ChannelError = "Channel error: Input/output error";

    private static readonly Dictionary<ReturnPathMessage, (string Name, int? Length)> Messages = new()
    {
        [ReturnPathMessage.Shut] = ("SHUT", 4),
        [ReturnPathMessage.Pong] = ("PONG", 4),
        [ReturnPathMessage.RequestPagesOfBlock] = ("REQ_PAGES_ID", null),
        [ReturnPathMessage.RequestPages] = ("REQ_PAGES", 12),
        [ReturnPathMessage.ReceivedBitmap] = ("RECV_BITMAP", null),
        [ReturnPathMessage.ResumeAck] = ("RESUME_ACK", 4),
        [ReturnPathMessage.SwitchoverAck] = ("SWITCHOVER_ACK", 0),
    };

    private readonly IMigrationChannel _channel;
    private readonly FaultSite _faults;
    private readonly Func<ReturnPathMessage, uint, string?> _received;
    private readonly IPostcopyReplies? _postcopy;
    private readonly byte[] _buffer = GC.AllocateArray<byte>(MaxData + 4, pinned: true);
    private int _count;
    private volatile bool _corrupt;

    /// <summary>Reads from <paramref name="channel"/>.</summary>
    /// <param name="channel">The main channel, in its other direction.</param>
    /// <param name="faults">Where the source's faults are reached.</param>
    /// <param name="received">
    /// Gets each message of a precopy, with its value if it has one; says what is wrong with it, if anything is.
    /// </param>
    /// <param name="postcopy">Gets each message of a postcopy; <see langword="null"/> where there is none.</param>
    public ReturnPathReader(
        IMigrationChannel channel, FaultSite faults, Func<ReturnPathMessage, uint, string?> received, IPostcopyReplies? postcopy = null)
    {
        _channel = channel;
        _faults = faults;
        _received = received;
        _postcopy = postcopy;
    }

    /// <summary>Whether the destination has said that it runs the guest.</summary>
    public bool IsShut { get; private set; }

    /// <summary>Changes a byte of what is read next.</summary>
    public void CorruptNext() => _corrupt = true;

    /// <summary>Reads until the destination has shut the return path.</summary>
    /// <returns>What went wrong, in QEMU's words, or <see langword="null"/>.</returns>
    public async ValueTask<string?> RunAsync()
    {
        try
        {
            while (true)
            {
                await _faults.AtAsync(FaultPoint.ReturnPathReceive);
                if (!await FillAsync(4)) return ChannelError;
                ushort type = BinaryPrimitives.ReadUInt16BigEndian(_buffer);
                ushort length = BinaryPrimitives.ReadUInt16BigEndian(_buffer.AsSpan(2));
                var message = (ReturnPathMessage)type;
                if (!Messages.TryGetValue(message, out (string Name, int? Length) expected))
                {
                    return $"Received invalid message 0x{type:x4} length 0x{length:x4}";
                }

                if (length > MaxData || (expected.Length ?? length) != length)
                {
                    // Without the space, as QEMU writes it.
                    return $"Received '{expected.Name}' message (0x{type:x4}) withincorrect length {length} "
                        + $"expecting {expected.Length ?? -1}";
                }

                if (!await FillAsync(4 + length))
                {
                    return $"Failed reading data for message 0x{type:x4} read {_count - 4} expected {length}";
                }

                uint value = length == 4 ? BinaryPrimitives.ReadUInt32BigEndian(_buffer.AsSpan(4)) : 0;
                byte[] data = message is ReturnPathMessage.Shut or ReturnPathMessage.Pong ? [] : _buffer.AsSpan(4, length).ToArray();
                Take(4 + length);
                switch (message)
                {
                    case ReturnPathMessage.Shut:
                        IsShut = value == 0;
                        await _faults.AtAsync(FaultPoint.ReturnPathReceiveDone);
                        return value == 0 ? null : $"Sibling indicated error {value}";

                    case ReturnPathMessage.Pong or ReturnPathMessage.SwitchoverAck:
                        if (_received(message, value) is { } wrong) return wrong;
                        await _faults.AtAsync(FaultPoint.ReturnPathReceiveDone);
                        break;

                    case ReturnPathMessage.ResumeAck when value != ReturnPathWriter.ResumeAckValue:
                        return $"illegal resume_ack value {value}";

                    case ReturnPathMessage.ResumeAck:
                        // Without postcopy nothing is paused that it could resume.
                        if (_postcopy?.Resumed() is { } unexpected) return unexpected;
                        break;

                    case ReturnPathMessage.RequestPages when _postcopy is null:
                        return "MIG_RP_MSG_REQ_PAGES has no previous block";

                    case ReturnPathMessage.RequestPages or ReturnPathMessage.RequestPagesOfBlock when _postcopy is not null:
                        if (await RequestPagesAsync(message, data) is { } refused) return refused;
                        await _faults.AtAsync(FaultPoint.ReturnPathReceiveDone);
                        break;

                    case ReturnPathMessage.ReceivedBitmap when _postcopy is not null:
                        if (await ReadBitmapAsync(data) is { } bad) return bad;
                        break;

                    default:
                        // Requests of a postcopy that was never started.
                        return $"Received '{expected.Name}' message (0x{type:x4}) outside of postcopy";
                }
            }
        }
        catch (Exception e) when (e is ChannelException or FaultException)
        {
            return e.Message;
        }
    }

    private async ValueTask<string?> RequestPagesAsync(ReturnPathMessage message, byte[] data)
    {
        string? block = null;
        if (message == ReturnPathMessage.RequestPagesOfBlock)
        {
            int expected = RequestLength + 1 + (data.Length > RequestLength ? data[RequestLength] : 0);
            if (data.Length != expected) return $"Req_Page_id with length {data.Length} expecting {expected}";
            block = Encoding.UTF8.GetString(data.AsSpan(RequestLength + 1));
        }

        return await _postcopy!.RequestPagesAsync(
            block, BinaryPrimitives.ReadUInt64BigEndian(data), BinaryPrimitives.ReadUInt32BigEndian(data.AsSpan(8)));
    }

    // A bitmap follows its message, outside of the message's length.
    private async ValueTask<string?> ReadBitmapAsync(byte[] data)
    {
        string? block = data.Length > 0 && data.Length == 1 + data[0] ? Encoding.UTF8.GetString(data.AsSpan(1)) : null;
        if (block is null || _postcopy!.BitmapLength(block) is not { } length) return $"Received a bitmap of an unknown block '{block}'";
        byte[] size = new byte[8];
        if (!await FillAsync(size)) return ChannelError;
        ulong told = BinaryPrimitives.ReadUInt64BigEndian(size);
        if (told != (ulong)length) return $"ramblock '{block}' bitmap size mismatch (0x{told:x} != 0x{length:x})";
        byte[] bitmap = new byte[length];
        if (!await FillAsync(bitmap) || !await FillAsync(size)) return ChannelError;
        ulong mark = BinaryPrimitives.ReadUInt64BigEndian(size);
        return mark != ReturnPathWriter.BitmapEnd ? $"ramblock '{block}' end mark incorrect: 0x{mark:x}" : _postcopy.ReceivedBitmap(block, bitmap);
    }

    private async ValueTask<bool> FillAsync(byte[] target)
    {
        int count = Math.Min(_count, target.Length);
        _buffer.AsSpan(0, count).CopyTo(target);
        Take(count);
        return await _channel.ReadAllAsync(target.AsMemory(count));
    }

    private async ValueTask<bool> FillAsync(int count)
    {
        while (_count < count)
        {
            int read = await _channel.ReadAsync(_buffer.AsMemory(_count));
            if (read == 0) return false;
            if (_corrupt) _buffer[_count + (read / 2)] ^= 0xff;
            _corrupt = false;
            _count += read;
        }

        return true;
    }

    private void Take(int count)
    {
        _buffer.AsSpan(count, _count - count).CopyTo(_buffer);
        _count -= count;
    }
}
