using Qmp.Machine.Memory;
using Qmp.Migration.Ram;

namespace Qmp.Migration.Tests.Ram;

/// <summary>Which page is sent next.</summary>
[TestFixture]
internal sealed class RamPassTests
{
    private RamBlock _one = null!;
    private RamBlock _two = null!;
    private RamPass _pass = null!;

    [SetUp]
    public void SetUp()
    {
        _one = RamBlock.Anonymous("one", 3 * RamBlock.PageSize);
        _two = RamBlock.Anonymous("two", 2 * RamBlock.PageSize);
        _pass = new RamPass([_one, _two]);
    }

    [TearDown]
    public void TearDown()
    {
        _one.Dispose();
        _two.Dispose();
    }

    [Test]
    public void All_pages_once_in_the_order_of_blocks()
    {
        _pass.Begin();
        Assert.That(_pass.Pages, Is.EqualTo(5));
        Assert.That(Taken(), Is.EqualTo(new[] { "one 0", "one 1", "one 2", "two 0", "two 1" }));
        Assert.That(_pass.Pages, Is.Zero);
    }

    [Test]
    public void Then_what_was_written_since()
    {
        _pass.Begin();
        Taken();
        _two.Load(RamBlock.PageSize, [1]);
        _one.Load(0, [1]);
        _one.Load(8, [1]);
        Assert.That(Taken(), Is.Empty, "nobody has synced");
        Assert.That(_pass.Sync(), Is.EqualTo(2));
        Assert.That(_pass.Sync(), Is.Zero);
        Assert.That(Taken(), Is.EqualTo(new[] { "one 0", "two 1" }), "each once");
    }

    [Test]
    public void A_page_that_is_asked_for_comes_first_and_once()
    {
        _pass.Begin();
        _pass.Request(_two, 1);
        _pass.Request(_two, 1);
        Assert.That(Taken(), Is.EqualTo(new[] { "two 1", "one 0", "one 1", "one 2", "two 0" }));
        _pass.Request(_one, 1);
        Assert.That(Taken(), Is.Empty, "it has been sent");
    }

    [Test]
    public void The_end_of_a_round_is_a_pause_and_is_told_once()
    {
        _pass.Begin();
        Assert.That(_pass.TryTake(out _, out _));
        Assert.That(_pass.TakeRoundEnd(), Is.False);
        Taken();
        Assert.That(_pass.TakeRoundEnd());
        Assert.That(_pass.TakeRoundEnd(), Is.False);
        _one.Load(0, [1]);
        _pass.Sync();
        Assert.That(_pass.TryTake(out _, out _), Is.False, "the round that had been begun ends first");
        Assert.That(_pass.TakeRoundEnd());
        Assert.That(_pass.TryTake(out RamBlock? block, out long page));
        Assert.That((block, page), Is.EqualTo((_one, 0)));
    }

    private List<string> Taken()
    {
        var taken = new List<string>();
        do
        {
            while (_pass.TryTake(out RamBlock? block, out long page)) taken.Add($"{block.Id} {page}");
        }
        while (_pass.Pages > 0);
        return taken;
    }
}
