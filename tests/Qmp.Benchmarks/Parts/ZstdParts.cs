using System.Runtime.InteropServices;
using BenchmarkDotNet.Attributes;
using Qmp.Linux;
using Qmp.Machine.Memory;
using Qmp.Migration.Multifd.Compression;
using Qmp.Migration.Multifd.Packets;

namespace Qmp.Benchmarks.Parts;

/// <summary>One packet of pages, compressed with Zstandard by either library.</summary>
[MemoryDiagnoser]
[InProcess]
public class ZstdParts
{
    private readonly IoVector[] _pieces = new IoVector[MultifdPacket.MaxPages];
    private RamBlock _block = null!;
    private ulong[] _offsets = [];
    private ZstdCompressor _compressor = null!;
    private ZstdDecoder _decoder = null!;
    private byte[] _packet = [];
    private byte[] _pages = [];

    /// <summary>Whether the C library does it, or ZstdSharp.Port.</summary>
    [Params(true, false)]
    public bool Native { get; set; }

    /// <summary>Of how many bytes one is random; the others of a page are the same.</summary>
    [Params(1, 3)]
    public int Ratio { get; set; }

    private ZstdLibrary Library => Native
        ? NativeZstd.Instance ?? throw new InvalidOperationException("there is no libzstd.so.1")
        : ManagedZstd.Instance;

    [GlobalSetup]
    public void SetUp()
    {
        _block = RamBlock.Anonymous("ram", MultifdPacket.MaxPages * RamBlock.PageSize);
        _pages = new byte[MultifdPacket.MaxPages * RamBlock.PageSize];
        var random = new Random(1);
        for (int page = 0; page < MultifdPacket.MaxPages; page++)
        {
            random.NextBytes(_pages.AsSpan(page * RamBlock.PageSize, RamBlock.PageSize / Ratio));
        }

        _block.Load(0, _pages);
        _offsets = [.. Enumerable.Range(0, MultifdPacket.MaxPages).Select(page => (ulong)page * RamBlock.PageSize)];
        _compressor = new ZstdCompressor(Library, level: 1);
        int count = 0;
        Compress(ref count);
        _packet = new byte[_pieces[0].Length];
        Marshal.Copy(_pieces[0].Address, _packet, 0, _packet.Length);
    }

    [GlobalCleanup]
    public void CleanUp()
    {
        _compressor.Dispose();
        _block.Dispose();
    }

    [Benchmark]
    public uint Compress()
    {
        int count = 0;
        return Compress(ref count);
    }

    [Benchmark]
    public int Decompress()
    {
        using (_decoder = Library.CreateDecoder())
        {
            int done = 0;
            for (ReadOnlySpan<byte> left = _packet; done < _pages.Length;)
            {
                if (_decoder.Decode(left, _pages.AsSpan(done), out int read, out int written) is { } error) throw new InvalidOperationException(error.ToString());
                left = left[read..];
                done += written;
            }

            return done;
        }
    }

    private uint Compress(ref int count) => _compressor.Compress(_block, _offsets, _pieces, ref count);
}
