using System.Buffers.Binary;
using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace Qmp.Benchmarks.Measuring;

/// <summary>
/// The destination of a postcopy migration that runs no guest: it asks for one missing page after another and measures how
/// long each takes to come. It reads what any source sends, so that two sources are measured by the same clock.
/// </summary>
/// <param name="connection">From the source.</param>
/// <param name="requests">How many pages to ask for.</param>
/// <param name="seed">What chooses them.</param>
internal sealed class PagePeer(Socket connection, int requests, int seed)
{
    private const int Page = 4096;

    // Sections and commands of the stream, flags of its pages, and messages of the return path.
    private const byte End = 0, SectionStart = 1, SectionPart = 2, SectionEnd = 3, Configuration = 7, Command = 8, Footer = 0x7e;
    private const int Ping = 2, Package = 7;
    private const int ZeroPage = 2, MemorySize = 4, WholePage = 8, EndOfSection = 0x10, SameBlock = 0x20;
    private const short Pong = 2, RequestPagesOfBlock = 3, RequestPages = 4;

    private readonly BufferedStream _stream = new(new NetworkStream(connection), 1 << 20);
    private readonly byte[] _page = new byte[Page];
    private readonly Random _random = new(seed);
    private readonly Samples _latencies = new();
    private string _block = "";
    private bool[] _arrived = [];
    private int _awaited = -1;
    private long _askedAt;

    /// <summary>When the source let the guest go, by <see cref="Stopwatch.GetTimestamp"/>.</summary>
    public long StartedAt { get; private set; }

    /// <summary>Reads until enough pages have come that were asked for, or the stream ends.</summary>
    /// <returns>Microseconds from each request to its page.</returns>
    public Samples Run()
    {
        Skip(8); // magic and version
        while (_latencies.Count < requests && ReadByte() is var kind && kind != End) ReadPiece(kind);
        return _latencies;
    }

    private void ReadPiece(byte kind)
    {
        switch (kind)
        {
            case Configuration:
                Skip((int)ReadNumber(4));
                break;
            case Command:
                ReadCommand();
                break;
            case SectionStart or SectionPart or SectionEnd:
                Skip(4);
                if (kind == SectionStart) Skip(ReadByte() + 8);
                ReadPages();
                if (ReadByte() != Footer) throw new InvalidDataException("a section has no footer");
                Skip(4);
                break;
            default:
                throw new InvalidDataException($"unknown piece {kind} in the stream");
        }
    }

    private void ReadCommand()
    {
        int command = (int)ReadNumber(2);
        int length = (int)ReadNumber(2);
        switch (command)
        {
            case Ping:
                Span<byte> number = stackalloc byte[4];
                BinaryPrimitives.WriteUInt32BigEndian(number, (uint)ReadNumber(4));
                Send(Pong, number);
                break;
            case Package:
                Skip((int)ReadNumber(4)); // devices, and the order to run
                StartedAt = Stopwatch.GetTimestamp();
                Ask(RequestPagesOfBlock);
                break;
            default:
                Skip(length);
                break;
        }
    }

    private void ReadPages()
    {
        while (true)
        {
            ulong word = ReadNumber(8);
            int flags = (int)(word % Page);
            if (flags == EndOfSection) return;
            if (flags == MemorySize)
            {
                ReadBlocks((long)(word - MemorySize));
                continue;
            }

            if ((flags & SameBlock) == 0) Skip(ReadByte());
            if ((flags & WholePage) != 0) _stream.ReadExactly(_page);
            else if ((flags & ZeroPage) != 0) Skip(1);
            else throw new InvalidDataException($"unknown flags {flags:x} of a page");
            TakePage((int)(word / Page));
        }
    }

    private void ReadBlocks(long total)
    {
        for (long seen = 0; seen < total;)
        {
            byte[] name = new byte[ReadByte()];
            _stream.ReadExactly(name);
            long length = (long)ReadNumber(8);
            seen += length;
            if (_arrived.Length > 0) continue;
            _block = Encoding.ASCII.GetString(name);
            _arrived = new bool[length / Page];
        }
    }

    private void TakePage(int page)
    {
        if (StartedAt == 0) return; // what came before is thrown away, and may be asked for
        _arrived[page] = true;
        if (page != _awaited) return;
        _latencies.Add(Stopwatch.GetElapsedTime(_askedAt).TotalMicroseconds);
        Ask(RequestPages);
    }

    private void Ask(short message)
    {
        do _awaited = _random.Next(_arrived.Length);
        while (_arrived[_awaited]);
        byte[] request = new byte[message == RequestPages ? 12 : 13 + _block.Length];
        BinaryPrimitives.WriteInt64BigEndian(request, (long)_awaited * Page);
        BinaryPrimitives.WriteInt32BigEndian(request.AsSpan(8), Page);
        if (message != RequestPages)
        {
            request[12] = (byte)_block.Length;
            Encoding.ASCII.GetBytes(_block, request.AsSpan(13));
        }

        _askedAt = Stopwatch.GetTimestamp();
        Send(message, request);
    }

    private void Send(short message, ReadOnlySpan<byte> data)
    {
        byte[] bytes = new byte[4 + data.Length];
        BinaryPrimitives.WriteInt16BigEndian(bytes, message);
        BinaryPrimitives.WriteInt16BigEndian(bytes.AsSpan(2), (short)data.Length);
        data.CopyTo(bytes.AsSpan(4));
        connection.Send(bytes);
    }

    private byte ReadByte() => (byte)ReadNumber(1);

    private ulong ReadNumber(int size)
    {
        Span<byte> bytes = stackalloc byte[8];
        bytes.Clear();
        _stream.ReadExactly(bytes[^size..]);
        return BinaryPrimitives.ReadUInt64BigEndian(bytes);
    }

    private void Skip(int length)
    {
        for (; length > 0; length -= Math.Min(length, Page)) _stream.ReadExactly(_page.AsSpan(0, Math.Min(length, Page)));
    }
}
