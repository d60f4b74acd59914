using Qmp.Types;

namespace Qmp.Migration.Multifd.Compression;

/// <summary>Makes what compresses and decompresses the pages of a channel, as the parameters want it.</summary>
internal static class PageCompression
{
    /// <summary>What compresses the pages of one channel.</summary>
    public static IPageCompressor CreateCompressor(MigrationParameters parameters) => parameters.MultifdCompression switch
    {
        MultiFDCompression.Zlib => new ZlibCompressor(parameters.MultifdZlibLevel ?? 1),
        MultiFDCompression.Zstd => new ZstdCompressor(ZstdLibrary.Best, parameters.MultifdZstdLevel ?? 1),
        _ => new PlainPages(),
    };

    /// <summary>What decompresses the pages of one channel.</summary>
    /// <param name="parameters">The destination's parameters.</param>
    /// <param name="channel">The channel's number.</param>
    public static IPageDecompressor CreateDecompressor(MigrationParameters parameters, int channel) => parameters.MultifdCompression switch
    {
        MultiFDCompression.Zlib => new ZlibDecompressor(channel),
        MultiFDCompression.Zstd => new ZstdDecompressor(ZstdLibrary.Best, channel),
        _ => new PlainPages(),
    };
}
