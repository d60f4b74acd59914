using Qmp.Linux;
using Qmp.Machine.Memory;
using Qmp.Migration.Multifd.Packets;

namespace Qmp.Migration.Multifd.Compression;

/// <summary>Compresses pages with Zstandard: one stream a channel, flushed at the end of each packet.</summary>
internal sealed class ZstdCompressor : IPageCompressor
{
    private readonly PinnedOutput _output = new();
    private readonly ZstdEncoder _encoder;
    private readonly byte[] _page = new byte[RamBlock.PageSize];

    /// <param name="library">What compresses.</param>
    /// <param name="level">How hard it tries: 0 for the library's own choice, 1 to 20.</param>
    public ZstdCompressor(ZstdLibrary library, int level) => _encoder = library.CreateEncoder(level);

    public MultifdFlags Flag => MultifdFlags.Zstd;

    public uint Compress(RamBlock block, ReadOnlySpan<ulong> offsets, Span<IoVector> pieces, ref int count)
    {
        _output.Reset();
        for (int i = 0; i < offsets.Length; i++)
        {
            // A copy, as the guest may change the page while it is compressed.
            block.Peek(offsets[i], RamBlock.PageSize).CopyTo(_page);
            _encoder.Encode(_page, _output, flush: i + 1 == offsets.Length);
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

    protected override void Decompress(Span<byte> page)
    {
        while (!page.IsEmpty)
        {
            if (_decoder.Decode(_left.Span, page, out int read, out int written) is { } error)
            {
                throw MultifdPacket.Refusal($"multifd {Channel}: decompressStream returned {error}");
            }

            if (read == 0 && written == 0) throw MultifdPacket.Refusal($"multifd {Channel}: decompressStream buffer too small");
            _left = _left[read..];
            page = page[written..];
        }
    }

    protected override void End()
    {
    }
}
