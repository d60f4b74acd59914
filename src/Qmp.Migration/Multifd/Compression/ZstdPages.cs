using Qmp.Linux;
using Qmp.Machine.Memory;
using Qmp.Migration.Multifd.Packets;

namespace Qmp.Migration.Multifd.Compression;

/// <summary>Compresses pages with Zstandard: one stream a channel, flushed at the end of each packet.</summary>
internal sealed class ZstdCompressor : IPageCompressor
{
    private readonly PinnedOutput _output = new();
    private readonly ZstdEncoder _encoder;

    /// <param name="library">What compresses.</param>
    /// <param name="level">How hard it tries: 0 for the library's own choice, 1 to 20.</param>
    public ZstdCompressor(ZstdLibrary library, int level) => _encoder = library.CreateEncoder(level);

    public MultifdFlags Flag => MultifdFlags.Zstd;

    public bool SendsPages => false;

    public uint Compress(RamBlock block, ReadOnlySpan<ulong> offsets, Span<IoVector> pieces, ref int count)
    {
        _output.Reset();
        while (!offsets.IsEmpty)
        {
            int run = PlainPages.Run(offsets);
            _encoder.Encode(block.Peek(offsets[0], run * RamBlock.PageSize), _output, flush: run == offsets.Length);
            offsets = offsets[run..];
        }

        pieces[count++] = _output.Piece;
        return (uint)_output.Length;
    }

    public void Dispose() => _encoder.Dispose();
}

/// <summary>Decompresses what <see cref="ZstdCompressor"/> makes.</summary>
/// <param name="library">What decompresses.</param>
/// <param name="channel">The channel's number.</param>
internal sealed class ZstdDecompressor(ZstdLibrary library, int channel) : StreamedPages(channel)
{
    private readonly ZstdDecoder _decoder = library.CreateDecoder();
    private ReadOnlyMemory<byte> _left;

    public override MultifdFlags Flag => MultifdFlags.Zstd;

    public override void Dispose() => _decoder.Dispose();

    protected override void Begin(ReadOnlyMemory<byte> data) => _left = data;

    protected override void Decompress(Span<byte> pages)
    {
        while (!pages.IsEmpty)
        {
            if (_decoder.Decode(_left.Span, pages, out int read, out int written) is { } error)
            {
                throw MultifdPacket.Refusal($"multifd {Channel}: decompressStream returned {error}");
            }

            if (read == 0 && written == 0) throw MultifdPacket.Refusal($"multifd {Channel}: decompressStream buffer too small");
            _left = _left[read..];
            pages = pages[written..];
        }
    }

    protected override void End()
    {
    }
}
