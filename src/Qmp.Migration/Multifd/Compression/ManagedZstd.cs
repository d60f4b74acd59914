using ZstdSharp.Unsafe;

namespace Qmp.Migration.Multifd.Compression;

/// <summary>Zstandard in C#, for hosts without the C library.</summary>
internal sealed unsafe class ManagedZstd : ZstdLibrary
{
    /// <summary>The library.</summary>
    public static ManagedZstd Instance { get; } = new();

    public override ZstdEncoder CreateEncoder(int level) => new Encoder(level);

    public override ZstdDecoder CreateDecoder() => new Decoder();

    private static string? ErrorOf(nuint result) => Methods.ZSTD_isError(result) ? Methods.ZSTD_getErrorName(result) : null;

    private sealed class Encoder : ZstdEncoder
    {
        private ZSTD_CCtx_s* _stream;

        public Encoder(int level)
        {
            _stream = Methods.ZSTD_createCStream();
            if (ErrorOf(Methods.ZSTD_initCStream(_stream, level)) is { } error) throw new InvalidOperationException(error);
        }

        public override void Encode(ReadOnlySpan<byte> input, PinnedOutput output, bool flush)
        {
            fixed (byte* first = input)
            {
                var source = new ZSTD_inBuffer_s { src = first, size = (nuint)input.Length };
                nuint left;
                do
                {
                    Span<byte> room = output.Room(Step);
                    fixed (byte* place = room)
                    {
                        var target = new ZSTD_outBuffer_s { dst = place, size = (nuint)room.Length };
                        left = Methods.ZSTD_compressStream2(
                            _stream, &target, &source, flush ? ZSTD_EndDirective.ZSTD_e_flush : ZSTD_EndDirective.ZSTD_e_continue);
                        if (ErrorOf(left) is { } error) throw new InvalidOperationException(error);
                        output.Advance((int)target.pos);
                    }
                }
                while (source.pos < source.size || (flush && left > 0));
            }
        }

        public override void Dispose()
        {
            _ = Methods.ZSTD_freeCStream(_stream);
            _stream = null;
        }
    }

    private sealed class Decoder : ZstdDecoder
    {
        private ZSTD_DCtx_s* _stream = Methods.ZSTD_createDStream();

        public override string? Decode(ReadOnlySpan<byte> input, Span<byte> output, out int read, out int written)
        {
            fixed (byte* first = input)
            fixed (byte* place = output)
            {
                var source = new ZSTD_inBuffer_s { src = first, size = (nuint)input.Length };
                var target = new ZSTD_outBuffer_s { dst = place, size = (nuint)output.Length };
                nuint result = Methods.ZSTD_decompressStream(_stream, &target, &source);
                (read, written) = ((int)source.pos, (int)target.pos);
                return ErrorOf(result);
            }
        }

        public override void Dispose()
        {
            _ = Methods.ZSTD_freeDStream(_stream);
            _stream = null;
        }
    }
}
