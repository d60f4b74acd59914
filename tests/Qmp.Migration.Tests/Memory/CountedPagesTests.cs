using Qmp.Machine.Memory;

namespace Qmp.Migration.Tests.Memory;

/// <summary>States of pages in place of their bytes.</summary>
[TestFixture]
internal sealed class CountedPagesTests
{
    private const int Pages = 2000; // not a multiple of a chunk
    private const int Page = RamBlock.PageSize;

    private RamBlock _counted = null!;
    private RamBlock _stored = null!;

    [SetUp]
    public void SetUp()
    {
        _counted = RamBlock.OfCounted("ram", Pages * Page);
        _stored = RamBlock.Anonymous("ram", Pages * Page);
    }

    [TearDown]
    public void TearDown()
    {
        _counted.Dispose();
        _stored.Dispose();
    }

    [Test]
    public void Both_hold_the_same_bytes_whatever_is_done([Range(1, 8)] int seed)
    {
        var random = new Random(seed);
        using var memory = new GuestMemory();
        for (int i = 0; i < 400; i++)
        {
            long page = random.Next(Pages);
            long count = Math.Min(random.Next(1, 700), Pages - page);
            var state = new PageState(PageKind.Of(random.Next(101), 1 << random.Next(13)), (uint)random.Next(3));
            byte[] bytes = new byte[random.Next(1, 9000)];
            if (random.Next(3) > 0) random.NextBytes(bytes);
            ulong offset = (ulong)random.NextInt64((Pages * Page) - bytes.Length);
            int what = random.Next(5);
            foreach (RamBlock block in new[] { _counted, _stored })
            {
                switch (what)
                {
                    case 0: block.Load(page, count, state); break;
                    case 1: GuestMemory.Stamp(block, page, state); break;
                    case 2: block.Load(offset, bytes); break;
                    case 3: block.PlaceZeros(page, count); break;
                    default:
                        bytes.AsSpan(0, Math.Min(bytes.Length, Page)).CopyTo(block.BeginPlace(page));
                        block.EndPlace(page);
                        break;
                }
            }
        }

        for (long page = 0; page < Pages; page++)
        {
            Assert.That(_counted.Peek((ulong)page * Page, Page).SequenceEqual(_stored.Peek((ulong)page * Page, Page)), $"page {page}");
            Assert.That(_counted.IsZero(page), Is.EqualTo(_stored.IsZero(page)), $"page {page}");
        }

        for (int i = 0; i < _counted.DirtyLog.Words.Length; i++) Assert.That(_counted.DirtyLog.Words[i], Is.EqualTo(_stored.DirtyLog.Words[i]));
    }

    [Test]
    public void What_was_captured_is_placed_elsewhere()
    {
        var random = new Random(3);
        for (int i = 0; i < 300; i++)
        {
            GuestMemory.Stamp(_counted, random.Next(Pages), new PageState(PageKind.Of(random.Next(2) * 50), (uint)random.Next(1, 1000)));
        }

        _counted.Load(5 * Page, [1, 2, 3]);
        using RamBlock other = RamBlock.OfCounted("ram", Pages * Page);
        for (int first = 0; first < Pages; first += 77)
        {
            int count = Math.Min(77, Pages - first);
            other.PlaceCounted(first, _counted.Counted!.Capture(first, count), 0, count);
        }

        Assert.That(_counted.Counted!.FirstDifference(other.Counted!, new PageBitmap(Pages)), Is.EqualTo(-1));
        GuestMemory.Stamp(other, 1234, new PageState(PageKind.Of(7), 4_000_000));
        Assert.That(_counted.Counted!.FirstDifference(other.Counted!, new PageBitmap(Pages)), Is.EqualTo(1234));
    }

    [Test]
    public void A_run_ends_where_pages_become_zero_or_cease_to_be()
    {
        _counted.Load(10, 1000, new PageState(PageKind.Of(100), 0));
        GuestMemory.Stamp(_counted, 700, new PageState(PageKind.Of(100), 9));
        Assert.That((_counted.Counted!.RunOf(0, 5000, out bool areZero), areZero), Is.EqualTo((10, true)));
        Assert.That((_counted.Counted!.RunOf(10, 5000, out areZero), areZero), Is.EqualTo((1000, false)));
        Assert.That((_counted.Counted!.RunOf(1010, 990, out areZero), areZero), Is.EqualTo((990, true)));
    }
}
