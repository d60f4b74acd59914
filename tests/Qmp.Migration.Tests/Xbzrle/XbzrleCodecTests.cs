using Qmp.Migration.Xbzrle;

namespace Qmp.Migration.Tests.Xbzrle;

/// <summary>Differences between pages: their bytes, and what is refused.</summary>
[TestFixture, Parallelizable]
internal sealed class XbzrleCodecTests
{
    private const int PageSize = 4096;
    private const int Guard = 64;

    [Test]
    public void One_run_of_any_length_at_any_edge(
        [Values(0, 1, 2, 63, 126, 127, 128, 129, 255, 256, 2047, 4030, 4095)] int start,
        [Values(1, 2, 31, 32, 33, 126, 127, 128, 129, 255, 256, 257, 4000, 4090, 4096)] int length)
    {
        if (start + length > PageSize) return;
        byte[] before = Noise(1);
        byte[] after = [.. before];
        for (int i = start; i < start + length; i++) after[i] ^= 0x5a;
        CheckPair(before, after, PageSize);
    }

    [Test]
    public void Pages_of_runs_of_all_kinds()
    {
        int overflows = 0;
        for (int seed = 0; seed < 5_000; seed++)
        {
            var random = new Random(seed);
            byte[] before = Noise(seed);
            byte[] after = Changed(before, random);
            int room = random.Next(4) == 0 ? random.Next(PageSize + 1) : PageSize;
            if (CheckPair(before, after, room) == XbzrleCodec.Overflow) overflows++;
        }

        Assert.That(overflows, Is.InRange(100, 4_000));
    }

    [Test]
    public void Every_room_down_to_nothing()
    {
        byte[] before = Noise(5);
        byte[] after = [.. before];
        for (int i = 100; i < 130; i++) after[i] ^= 1;
        after[500] ^= 1;
        for (int i = 3000; i < 3200; i++) after[i] ^= 1;
        for (int room = 0; room < 300; room++) CheckPair(before, after, room);
    }

    [Test]
    public void Every_other_byte_does_not_fit()
    {
        byte[] before = Noise(6);
        byte[] after = [.. before];
        for (int i = 0; i < PageSize; i += 2) after[i] ^= 1;
        Assert.That(CheckPair(before, after, PageSize), Is.EqualTo(XbzrleCodec.Overflow));
    }

    [Test]
    public void Nothing_has_changed() => Assert.That(CheckPair(Noise(7), Noise(7), PageSize), Is.Zero);

    // As they are told from each other: an empty first run of equal bytes, lengths of two bytes, the rest left out.
    [Test]
    public void Bytes_are_those_of_the_format()
    {
        byte[] before = new byte[PageSize];
        byte[] after = new byte[PageSize];
        after[0] = 7;
        after.AsSpan(300, 2).Fill(9);
        byte[] target = new byte[PageSize];
        int length = XbzrleCodec.Encode(before, after, target);
        Assert.That(target[..length], Is.EqualTo(new byte[] { 0, 1, 7, 0x80 | (299 & 127), 299 >> 7, 2, 9, 9 }));
    }

    [TestCase("00", TestName = "Refused: nothing behind the first length")]
    [TestCase("0000", TestName = "Refused: an empty run of bytes that differ")]
    [TestCase("0002aa", TestName = "Refused: too few bytes")]
    [TestCase("0001aa00", TestName = "Refused: half a record")]
    [TestCase("0001aa0001bb", TestName = "Refused: an empty run of equal bytes that is not the first")]
    [TestCase("80", TestName = "Refused: half a length")]
    [TestCase("808001aa", TestName = "Refused: a length of three bytes")]
    [TestCase("802001aa", TestName = "Refused: equal bytes up to the end, and more")]
    [TestCase("ff1f02aabb", TestName = "Refused: a byte behind the page")]
    [TestCase("ff7f01aa", TestName = "Refused: equal bytes behind the page")]
    public void Refused(string difference) =>
        Assert.That(Decode(Convert.FromHexString(difference), Noise(8), out _), Is.False);

    [TestCase("ff1f01aa", 4095, 1)]
    [TestCase("0001aa", 0, 1)]
    [TestCase("820001aa", 2, 1, TestName = "Lengths_may_be_longer_than_they_need")]
    public void Last_and_first_byte_are_reached(string difference, int at, int count)
    {
        byte[] expected = Noise(8);
        expected.AsSpan(at, count).Fill(0xaa);
        Assert.That(Decode(Convert.FromHexString(difference), Noise(8), out byte[] page));
        Assert.That(page, Is.EqualTo(expected));
    }

    [Test]
    public void Any_bytes_leave_what_is_around_the_page_alone()
    {
        int taken = 0;
        for (int seed = 0; seed < 20_000; seed++)
        {
            var random = new Random(seed);
            byte[] before = Noise(9);
            byte[] difference;
            if (random.Next(2) == 0)
            {
                difference = new byte[random.Next(40)];
                random.NextBytes(difference);
            }
            else
            {
                difference = ScalarXbzrle.Encode(before, Changed(before, random), PageSize) ?? [];
                for (int i = random.Next(3); i >= 0 && difference.Length > 0; i--)
                {
                    difference[random.Next(difference.Length)] ^= (byte)(1 << random.Next(8));
                }

                difference = difference[..random.Next(difference.Length + 1)];
            }

            if (Decode(difference, before, out _)) taken++;
        }

        Assert.That(taken, Is.InRange(200, 19_000));
    }

    private static byte[] Noise(int seed)
    {
        byte[] page = new byte[PageSize];
        new Random(seed).NextBytes(page);
        return page;
    }

    // Some runs, of lengths that are often near where a length takes another byte.
    private static byte[] Changed(byte[] before, Random random)
    {
        byte[] after = [.. before];
        bool differs = random.Next(2) == 0;
        int most = 1 << random.Next(1, 13);
        for (int at = 0; at < PageSize; differs = !differs)
        {
            int length = random.Next(3) == 0 ? random.Next(125, 131) : 1 + random.Next(most);
            length = Math.Min(length, PageSize - at);
            if (differs)
            {
                for (int i = at; i < at + length; i++) after[i] = (byte)(before[i] + 1 + random.Next(255));
            }

            at += length;
        }

        return after;
    }

    // Compares with the scalar code, and decodes again. Returns what the encoder returned.
    private static int CheckPair(byte[] before, byte[] after, int room)
    {
        byte[] guarded = new byte[room + (2 * Guard)];
        int length = XbzrleCodec.Encode(before, after, guarded.AsSpan(Guard, room));
        Assert.That(guarded.AsSpan(0, Guard).ContainsAnyExcept((byte)0), Is.False);
        Assert.That(guarded.AsSpan(Guard + room).ContainsAnyExcept((byte)0), Is.False);
        byte[]? expected = ScalarXbzrle.Encode(before, after, room);
        if (expected is null)
        {
            Assert.That(length, Is.EqualTo(XbzrleCodec.Overflow));
            return length;
        }

        byte[] difference = guarded[Guard..(Guard + length)];
        Assert.That(difference, Is.EqualTo(expected));
        Assert.That(Decode(difference, before, out byte[] page));
        Assert.That(page.AsSpan().SequenceEqual(after));
        return length;
    }

    private static bool Decode(byte[] difference, byte[] before, out byte[] page)
    {
        byte[] guarded = [.. new byte[Guard], .. before, .. new byte[Guard]];
        bool isRight = XbzrleCodec.TryDecode(difference, guarded.AsSpan(Guard, PageSize));
        Assert.That(guarded.AsSpan(0, Guard).ContainsAnyExcept((byte)0), Is.False);
        Assert.That(guarded.AsSpan(Guard + PageSize).ContainsAnyExcept((byte)0), Is.False);
        page = guarded[Guard..(Guard + PageSize)];
        return isRight;
    }
}
