using Qmp.Migration.Xbzrle;

namespace Qmp.Migration.Tests.Xbzrle;

/// <summary>Which pages are kept, and which have to go.</summary>
[TestFixture]
internal sealed class XbzrleCacheTests
{
    private const ulong PageSize = 4096;

    private readonly byte[] _one = [.. Enumerable.Repeat((byte)1, (int)PageSize)];
    private readonly byte[] _two = [.. Enumerable.Repeat((byte)2, (int)PageSize)];

    private XbzrleCache _cache = null!;

    [SetUp]
    public void SetUp() => _cache = new XbzrleCache(4 * PageSize);

    [Test]
    public void Nothing_is_there_at_first()
    {
        Assert.That(_cache.TryGet(0, 1, out _), Is.False);
        Assert.That(_cache.Size, Is.EqualTo(4 * PageSize));
    }

    [Test]
    public void A_page_is_kept_as_a_copy()
    {
        byte[] page = [.. _one];
        Assert.That(_cache.TryPut(PageSize, page, 1, out Memory<byte> kept));
        page[0] = 9;
        Assert.That(kept.Span.SequenceEqual(_one));
        Assert.That(_cache.TryGet(PageSize, 1, out Memory<byte> found));
        Assert.That(found.Span.SequenceEqual(_one));
        Assert.That(_cache.TryGet(5 * PageSize, 1, out _), Is.False, "the place is the same, the page is not");
        Assert.That(_cache.TryGet(0, 1, out _), Is.False);
    }

    [TestCase(10, false)]
    [TestCase(11, false)]
    [TestCase(12, true)]
    [TestCase(100, true)]
    public void A_page_that_has_not_been_used_for_two_syncs_goes(int age, bool goes)
    {
        _cache.TryPut(PageSize, _one, 10, out _);
        Assert.That(_cache.TryPut(5 * PageSize, _two, age, out _), Is.EqualTo(goes));
        Assert.That(_cache.TryGet(5 * PageSize, age, out Memory<byte> page), Is.EqualTo(goes));
        Assert.That(_cache.TryGet(PageSize, age, out _), Is.Not.EqualTo(goes));
        if (goes) Assert.That(page.Span.SequenceEqual(_two));
    }

    [Test]
    public void A_page_that_is_found_stays_young()
    {
        _cache.TryPut(PageSize, _one, 10, out _);
        _cache.TryGet(PageSize, 11, out _);
        Assert.That(_cache.TryPut(5 * PageSize, _two, 12, out _), Is.False);
        Assert.That(_cache.TryPut(5 * PageSize, _two, 13, out _));
    }

    [Test]
    public void A_page_takes_its_own_place_at_any_age()
    {
        _cache.TryPut(PageSize, _one, 10, out _);
        Assert.That(_cache.TryPut(PageSize, _two, 10, out Memory<byte> page));
        Assert.That(page.Span.SequenceEqual(_two));
    }

    [Test]
    public void One_page_is_enough()
    {
        var small = new XbzrleCache(PageSize);
        Assert.That(small.TryPut(7 * PageSize, _one, 1, out _));
        Assert.That(small.TryPut(8 * PageSize, _one, 1, out _), Is.False);
        Assert.That(small.TryGet(7 * PageSize, 1, out _));
    }
}
