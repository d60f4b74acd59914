using Qmp.Linux;
using Qmp.Machine.Memory;
using Qmp.Machine.Time;
using Qmp.Migration.Channels;
using Qmp.Migration.Multifd.Compression;
using Qmp.Migration.Multifd.Packets;
using Qmp.Migration.Status;
using Qmp.Migration.Tests.Support;

namespace Qmp.Migration.Tests.Multifd;

/// <summary>Pages that are compressed come back, whatever compressed them; damaged ones are refused.</summary>
[TestFixture]
internal sealed class PageCompressionTests
{
    private const int Pages = 300;
    private const int Packets = 12;

    private RamBlock _from = null!;
    private RamBlock _to = null!;

    [SetUp]
    public void SetUp()
    {
        _from = RamBlock.Anonymous("from", Pages * RamBlock.PageSize);
        _to = RamBlock.Anonymous("to", Pages * RamBlock.PageSize);
        var random = new Random(3);
        byte[] page = new byte[RamBlock.PageSize];
        for (int i = 0; i < Pages; i++)
        {
            random.NextBytes(page);
            page.AsSpan(random.Next(RamBlock.PageSize)).Fill((byte)i); // from noise to hardly anything
            _from.Load((ulong)i * RamBlock.PageSize, page);
        }
    }

    [TearDown]
    public void TearDown()
    {
        _from.Dispose();
        _to.Dispose();
    }

    [Test]
    public void Zlib_of_any_level([Range(0, 9)] int level)
    {
        using var compressor = new ZlibCompressor(level);
        using var decompressor = new ZlibDecompressor(0);
        double ratio = Move(compressor, decompressor);
        Assert.That(ratio, level == 0 ? Is.InRange(1, 1.1) : Is.LessThan(0.75));
    }

    [Test]
    public void Zstd_of_either_library_reads_that_of_the_other(
        [Values] bool nativeFrom, [Values] bool nativeTo, [Values(0, 1, 3, 10, 20)] int level)
    {
        using var compressor = new ZstdCompressor(Library(nativeFrom), level);
        using var decompressor = new ZstdDecompressor(Library(nativeTo), 0);
        Assert.That(Move(compressor, decompressor), Is.LessThan(0.75));
    }

    [Test]
    public void Pages_as_they_are()
    {
        using var pages = new PlainPages();
        Move(pages, pages);
    }

    [Test]
    public void Damaged_data_is_refused_or_makes_pages_of_the_block([Values("zlib", "native zstd", "managed zstd")] string how)
    {
        ulong[] offsets = [.. Enumerable.Range(0, 100).Select(i => (ulong)i * RamBlock.PageSize)];
        int refused = 0;
        for (int seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            using IPageCompressor compressor =
                how == "zlib" ? new ZlibCompressor(1) : new ZstdCompressor(Library(how.StartsWith('n')), 1);
            byte[] bytes = Compress(compressor, offsets);
            for (int i = random.Next(4); i >= 0; i--) bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
            if (seed % 3 == 0) bytes = bytes[..random.Next(bytes.Length)];
            using IPageDecompressor decompressor =
                how == "zlib" ? new ZlibDecompressor(3) : new ZstdDecompressor(Library(how.StartsWith('n')), 3);
            try
            {
                Decompress(decompressor, bytes, offsets);
            }
            catch (LoadException e)
            {
                Assert.That(e.Reasons.Single(), Does.StartWith("multifd 3: "));
                refused++;
            }

            byte[] rest = new byte[(Pages - 100) * RamBlock.PageSize];
            for (int i = 0; i < rest.Length; i += RamBlock.PageSize)
            {
                _to.Peek((ulong)(i + (100 * RamBlock.PageSize)), RamBlock.PageSize).CopyTo(rest.AsSpan(i));
            }

            Assert.That(rest.AsSpan().ContainsAnyExcept((byte)0), Is.False, "written elsewhere");
        }

        Assert.That(refused, Is.GreaterThan(80));
    }

    [TestCase("zlib", "multifd 3: inflate generated too few output")]
    [TestCase("native zstd", "multifd 3: decompressStream buffer too small")]
    [TestCase("managed zstd", "multifd 3: decompressStream buffer too small")]
    public void Too_little_data_is_refused(string how, string reason)
    {
        ulong[] offsets = [0, RamBlock.PageSize];
        using IPageCompressor compressor = how == "zlib" ? new ZlibCompressor(1) : new ZstdCompressor(Library(how.StartsWith('n')), 1);
        byte[] bytes = Compress(compressor, offsets[..1]);
        using IPageDecompressor decompressor = how == "zlib" ? new ZlibDecompressor(3) : new ZstdDecompressor(Library(how.StartsWith('n')), 3);
        LoadException refusal = Assert.Throws<LoadException>(() => Decompress(decompressor, bytes, offsets))!;
        Assert.That(refusal.Reasons, Is.EqualTo(new[] { reason }));
    }

    [Test]
    public void A_packet_may_end_anywhere_in_what_its_stream_reads_at_once()
    {
        using var compressor = new ZlibCompressor(1);
        using var decompressor = new ZlibDecompressor(3);
        var random = new Random(5);
        ulong[] offsets = [0, RamBlock.PageSize];
        byte[] pages = new byte[2 * RamBlock.PageSize];
        var lengths = new HashSet<int>();
        for (int noise = 3600; noise <= RamBlock.PageSize; noise++)
        {
            random.NextBytes(pages);
            pages.AsSpan(RamBlock.PageSize + noise).Clear();
            _from.Load(0, pages);
            byte[] bytes = Compress(compressor, offsets);
            lengths.Add(bytes.Length);
            Decompress(decompressor, bytes, offsets);
            Assert.That(_to.Peek(0, pages.Length).SequenceEqual(pages), $"{noise} bytes of noise, {bytes.Length} in the packet");
        }

        Assert.That(lengths, Has.Some.InRange(8193, 8196), "a packet whose end is not in the first 8 KiB, which the stream reads at once");
    }

    [Test]
    public void Too_much_data_is_refused()
    {
        ulong[] offsets = [0, RamBlock.PageSize];
        using var compressor = new ZlibCompressor(1);
        using var decompressor = new ZlibDecompressor(3);
        byte[] bytes = Compress(compressor, offsets);
        LoadException refusal = Assert.Throws<LoadException>(() => Decompress(decompressor, bytes, offsets[..1]))!;
        Assert.That(refusal.Reasons, Is.EqualTo(new[] { "multifd 3: inflate generated too much output" }));
    }

    [Test]
    public void A_length_that_makes_no_sense_is_refused_before_room_is_made()
    {
        using var decompressor = new ZlibDecompressor(3);
        var packet = new MultifdPacket { Room = 128, NormalPages = 1, DataLength = uint.MaxValue };
        LoadException refusal = Assert.Throws<LoadException>(() => Receive(decompressor, packet, []))!;
        Assert.That(refusal.Reasons, Is.EqualTo(new[] { "multifd 3: packet of 4294967295 bytes, expected at most 1048576" }));
    }

    private static ZstdLibrary Library(bool native)
    {
        if (!native) return ManagedZstd.Instance;
        if (NativeZstd.Instance is null) Assert.Ignore("The host has no libzstd.so.1.");
        return NativeZstd.Instance!;
    }

    // One stream goes through all packets. Returns how many bytes it has for each of its pages.
    private double Move(IPageCompressor compressor, IPageDecompressor decompressor)
    {
        Assert.That(compressor.Flag, Is.EqualTo(decompressor.Flag));
        var random = new Random(4);
        long length = 0;
        long whole = 0;
        for (int i = 0; i < Packets; i++)
        {
            int count = i == 0 ? MultifdPacket.MaxPages : random.Next(1, MultifdPacket.MaxPages + 1);
            ulong[] offsets = [.. Enumerable.Range(0, Pages).Select(p => (ulong)p * RamBlock.PageSize)];
            if (i % 2 == 1) random.Shuffle(offsets);
            offsets = offsets[..count];
            byte[] bytes = Compress(compressor, offsets);
            length += bytes.Length;
            whole += count * RamBlock.PageSize;
            Decompress(decompressor, bytes, offsets);
            foreach (ulong offset in offsets)
            {
                Assert.That(_to.Peek(offset, RamBlock.PageSize).SequenceEqual(_from.Peek(offset, RamBlock.PageSize)));
                Assert.That(_to.Written[(long)(offset / RamBlock.PageSize)]);
            }
        }

        return (double)length / whole;
    }

    private unsafe byte[] Compress(IPageCompressor compressor, ulong[] offsets)
    {
        var pieces = new IoVector[MultifdPacket.MaxPages];
        int count = 0;
        uint length = compressor.Compress(_from, offsets, pieces, ref count);
        var bytes = new MemoryStream();
        foreach (IoVector piece in pieces[..count]) bytes.Write(new ReadOnlySpan<byte>((byte*)piece.Address, (int)piece.Length));
        Assert.That(bytes.Length, Is.EqualTo(length));
        return bytes.ToArray();
    }

    private void Decompress(IPageDecompressor decompressor, byte[] bytes, ulong[] offsets)
    {
        var packet = new MultifdPacket
        {
            Flags = decompressor.Flag,
            Room = MultifdPacket.MaxPages,
            NormalPages = offsets.Length,
            DataLength = (uint)bytes.Length,
        };
        offsets.CopyTo(packet.Offsets, 0);
        Receive(decompressor, packet, bytes);
    }

    private void Receive(IPageDecompressor decompressor, MultifdPacket packet, byte[] bytes)
    {
        var timeline = new VirtualTimeline();
        var random = new Random(bytes.Length);
        var connector = new ManyConnector(timeline, [bytes], pieceSize: () => random.Next(1, 10_000));
        timeline.Run(async () =>
        {
            using IMigrationListener listener = connector.Listen(TestMachine.Unix("/unused"), () => { });
            await decompressor.ReceiveAsync((await listener.AcceptAsync())!, packet, _to);
        });
    }
}
