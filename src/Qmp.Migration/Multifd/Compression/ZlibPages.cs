using System.IO.Compression;
using Qmp.Linux;
using Qmp.Machine.Memory;
using Qmp.Migration.Multifd.Packets;
using Qmp.Migration.Status;

namespace Qmp.Migration.Multifd.Compression;

/// <summary>Compresses pages with zlib: one deflate stream a channel, flushed at the end of each packet.</summary>
internal sealed class ZlibCompressor : IPageCompressor
{
    private readonly PinnedOutput _output = new();
    private readonly ZLibStream _stream;
    private readonly byte[] _page = new byte[RamBlock.PageSize];

    /// <param name="level">How hard it tries: 0 for not at all, to 9.</param>
    public ZlibCompressor(int level) =>
        _stream = new ZLibStream(_output, new ZLibCompressionOptions { CompressionLevel = level }, leaveOpen: true);

    public MultifdFlags Flag => MultifdFlags.Zlib;

    public bool SendsPages => false;

    public uint Compress(RamBlock block, ReadOnlySpan<ulong> offsets, Span<IoVector> pieces, ref int count)
    {
        _output.Reset();
        foreach (ulong offset in offsets)
        {
            // A copy, as the guest may change the page while it is compressed.
            block.Peek(offset, RamBlock.PageSize).CopyTo(_page);
            _stream.Write(_page);
        }

        _stream.Flush();
        pieces[count++] = _output.Piece;
        return (uint)_output.Length;
    }

    public void Dispose()
    {
        _output.Reset();
        _stream.Dispose();
    }
}

/// <summary>Decompresses what <see cref="ZlibCompressor"/> makes.</summary>
internal sealed class ZlibDecompressor : StreamedPages
{
    private readonly PacketInput _input = new();
    private readonly ZLibStream _stream;

    /// <param name="channel">The channel's number.</param>
    public ZlibDecompressor(int channel)
        : base(channel) => _stream = new ZLibStream(_input, CompressionMode.Decompress, leaveOpen: true);

    public override MultifdFlags Flag => MultifdFlags.Zlib;

    public override void Dispose() => _stream.Dispose();

    protected override void Begin(ReadOnlyMemory<byte> data) => _input.Begin(data);

    protected override void Decompress(Span<byte> pages)
    {
        while (!pages.IsEmpty)
        {
            int count = Read(pages);
            if (count == 0) throw TooFew();
            pages = pages[count..];
        }
    }

    // The end of a flush makes no bytes, but the stream goes on after it: all of the packet has to be read.
    protected override void End()
    {
        Span<byte> more = stackalloc byte[1];
        if (Read(more) != 0) throw MultifdPacket.Refusal($"multifd {Channel}: inflate generated too much output");
    }

    private int Read(Span<byte> buffer)
    {
        try
        {
            return _stream.Read(buffer);
        }
        catch (InvalidDataException)
        {
            throw _input.IsEmpty ? TooFew() : MultifdPacket.Refusal($"multifd {Channel}: inflate returned -3 instead of Z_OK");
        }
    }

    private LoadException TooFew() => MultifdPacket.Refusal($"multifd {Channel}: inflate generated too few output");
}
