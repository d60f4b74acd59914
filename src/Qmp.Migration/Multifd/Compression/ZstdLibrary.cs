namespace Qmp.Migration.Multifd.Compression;

/// <summary>Where Zstandard comes from.</summary>
internal abstract class ZstdLibrary
{
    /// <summary>The C library where the host has it, which is faster, or else one in C#.</summary>
    public static ZstdLibrary Best => (ZstdLibrary?)NativeZstd.Instance ?? ManagedZstd.Instance;

    /// <summary>Makes what compresses one stream.</summary>
    public abstract ZstdEncoder CreateEncoder(int level);

    /// <summary>Makes what decompresses one stream.</summary>
    public abstract ZstdDecoder CreateDecoder();
}

/// <summary>Compresses one stream.</summary>
internal abstract class ZstdEncoder : IDisposable
{
    /// <summary>Bytes of room for a step: more than a block of 128 KiB takes, so that it is compressed into its place.</summary>
    protected const int Step = 136 * 1024;

    /// <summary>Adds bytes to the stream. They are copied before they are compressed, and may change meanwhile.</summary>
    /// <param name="input">The bytes.</param>
    /// <param name="output">Gets what comes of them.</param>
    /// <param name="flush">Whether all of what was added comes out now.</param>
    public abstract void Encode(ReadOnlySpan<byte> input, PinnedOutput output, bool flush);

    public abstract void Dispose();
}

/// <summary>Decompresses one stream.</summary>
internal abstract class ZstdDecoder : IDisposable
{
    /// <summary>Decompresses a step.</summary>
    /// <param name="input">What is there of the stream.</param>
    /// <param name="output">Room for what comes of it.</param>
    /// <param name="read">How much of the input was used.</param>
    /// <param name="written">How much came of it.</param>
    /// <returns>What is wrong with the stream, or <see langword="null"/>.</returns>
    public abstract string? Decode(ReadOnlySpan<byte> input, Span<byte> output, out int read, out int written);

    public abstract void Dispose();
}
