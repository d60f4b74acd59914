using System.Runtime.InteropServices;

namespace Qmp.Migration.Multifd.Compression;

/// <summary>Zstandard's C library, which is loaded when it is first asked for.</summary>
internal sealed unsafe class NativeZstd : ZstdLibrary
{
    private const string FileName = "libzstd.so.1";
    private const int Continue = 0; // ZSTD_e_continue
    private const int FlushNow = 1; // ZSTD_e_flush

    private static readonly Lazy<NativeZstd?> Loaded = new(Load);

    private readonly delegate* unmanaged<nint> _createEncoder;
    private readonly delegate* unmanaged<nint, int, nuint> _initEncoder;
    private readonly delegate* unmanaged<nint, Buffer*, Buffer*, int, nuint> _encode;
    private readonly delegate* unmanaged<nint, nuint> _freeEncoder;
    private readonly delegate* unmanaged<nint> _createDecoder;
    private readonly delegate* unmanaged<nint, Buffer*, Buffer*, nuint> _decode;
    private readonly delegate* unmanaged<nint, nuint> _freeDecoder;
    private readonly delegate* unmanaged<nuint, uint> _isError;
    private readonly delegate* unmanaged<nuint, byte*> _errorName;

    private NativeZstd(nint library)
    {
        _createEncoder = (delegate* unmanaged<nint>)NativeLibrary.GetExport(library, "ZSTD_createCStream");
        _initEncoder = (delegate* unmanaged<nint, int, nuint>)NativeLibrary.GetExport(library, "ZSTD_initCStream");
        _encode = (delegate* unmanaged<nint, Buffer*, Buffer*, int, nuint>)NativeLibrary.GetExport(library, "ZSTD_compressStream2");
        _freeEncoder = (delegate* unmanaged<nint, nuint>)NativeLibrary.GetExport(library, "ZSTD_freeCStream");
        _createDecoder = (delegate* unmanaged<nint>)NativeLibrary.GetExport(library, "ZSTD_createDStream");
        _decode = (delegate* unmanaged<nint, Buffer*, Buffer*, nuint>)NativeLibrary.GetExport(library, "ZSTD_decompressStream");
        _freeDecoder = (delegate* unmanaged<nint, nuint>)NativeLibrary.GetExport(library, "ZSTD_freeDStream");
        _isError = (delegate* unmanaged<nuint, uint>)NativeLibrary.GetExport(library, "ZSTD_isError");
        _errorName = (delegate* unmanaged<nuint, byte*>)NativeLibrary.GetExport(library, "ZSTD_getErrorName");
    }

    /// <summary>The library, or <see langword="null"/> where the host has none.</summary>
    public static NativeZstd? Instance => Loaded.Value;

    public override ZstdEncoder CreateEncoder(int level) => new Encoder(this, level);

    public override ZstdDecoder CreateDecoder() => new Decoder(this);

    private static NativeZstd? Load()
    {
        try
        {
            return NativeLibrary.TryLoad(FileName, out nint library) ? new NativeZstd(library) : null;
        }
        catch (EntryPointNotFoundException)
        {
            return null; // older than the functions that are used here
        }
    }

    private string? ErrorOf(nuint result) =>
        _isError(result) == 0 ? null : Marshal.PtrToStringUTF8((nint)_errorName(result));

    // ZSTD_inBuffer and ZSTD_outBuffer
    private struct Buffer
    {
        public byte* First;
        public nuint Length;
        public nuint Used;
    }

    private sealed class Encoder : ZstdEncoder
    {
        private readonly NativeZstd _library;
        private nint _stream;

        public Encoder(NativeZstd library, int level)
        {
            _library = library;
            _stream = library._createEncoder();
            if (_stream == 0) throw new OutOfMemoryException();
            if (library.ErrorOf(library._initEncoder(_stream, level)) is { } error) throw new InvalidOperationException(error);
        }

        public override void Encode(ReadOnlySpan<byte> input, PinnedOutput output, bool flush)
        {
            fixed (byte* first = input)
            {
                var source = new Buffer { First = first, Length = (nuint)input.Length };
                nuint left;
                do
                {
                    // The room does not move: it is pinned.
                    Span<byte> room = output.Room(Step);
                    fixed (byte* place = room)
                    {
                        var target = new Buffer { First = place, Length = (nuint)room.Length };
                        left = _library._encode(_stream, &target, &source, flush ? FlushNow : Continue);
                        if (_library.ErrorOf(left) is { } error) throw new InvalidOperationException(error);
                        output.Advance((int)target.Used);
                    }
                }
                while (source.Used < source.Length || (flush && left > 0));
            }
        }

        public override void Dispose()
        {
            if (_stream != 0) _ = _library._freeEncoder(_stream);
            _stream = 0;
        }
    }

    private sealed class Decoder : ZstdDecoder
    {
        private readonly NativeZstd _library;
        private nint _stream;

        public Decoder(NativeZstd library)
        {
            _library = library;
            _stream = library._createDecoder();
            if (_stream == 0) throw new OutOfMemoryException();
        }

        public override string? Decode(ReadOnlySpan<byte> input, Span<byte> output, out int read, out int written)
        {
            fixed (byte* first = input)
            fixed (byte* place = output)
            {
                var source = new Buffer { First = first, Length = (nuint)input.Length };
                var target = new Buffer { First = place, Length = (nuint)output.Length };
                nuint result = _library._decode(_stream, &target, &source);
                (read, written) = ((int)source.Used, (int)target.Used);
                return _library.ErrorOf(result);
            }
        }

        public override void Dispose()
        {
            if (_stream != 0) _ = _library._freeDecoder(_stream);
            _stream = 0;
        }
    }
}
