using Qmp.Machine.Memory;
using Qmp.Machine.Time;

namespace Qmp.Migration.Postcopy;

/// <summary>The pages of one block that have yet to come: whoever touches one waits, and the source is asked for it.</summary>
/// <param name="timeline">Where the machine runs.</param>
/// <param name="block">The block.</param>
/// <param name="times">Is told of those who wait.</param>
/// <param name="ask">Asks the source for a page.</param>
internal sealed class MissingPages(Timeline timeline, RamBlock block, BlockTimes times, Func<RamBlock, long, ValueTask> ask)
    : PageGate(new PageBitmap(block.Pages))
{
    private readonly Lock _gate = new(); // guards _waiting
    private readonly Dictionary<long, List<Waker>> _waiting = [];
    private int _waits;

    /// <summary>The block.</summary>
    public RamBlock Block { get; } = block;

    public override bool HoldsReads => true;

    /// <summary>The pages that somebody waits for.</summary>
    public IReadOnlyList<long> Wanted
    {
        get
        {
            lock (_gate) return [.. _waiting.Keys.Order()];
        }
    }

    /// <summary>Whether somebody waits for a page that has yet to come.</summary>
    public bool IsWaitedFor
    {
        get
        {
            lock (_gate) return _waiting.Keys.Any(page => Closed[page]);
        }
    }

    /// <summary>Called when a page has come that was waited for; by the activity that read it.</summary>
    public Action? Served { get; set; }

    public override async ValueTask WaitAsync(long page)
    {
        Waker waker = timeline.CreateWaker();
        bool isFirst = Enter(page, waker);
        long since = timeline.NowNanoseconds;
        times.Begin(since);
        if (isFirst) await ask(Block, page);

        // A wait is entered before the page is looked at, and a page opened before its waits are looked for.
        while (Closed[page]) await waker.WaitAsync();
        times.End(since, timeline.NowNanoseconds);
        Leave(page, waker);
    }

    public override void Placed(long page)
    {
        base.Placed(page);
        if (Volatile.Read(ref _waits) == 0) return;
        lock (_gate)
        {
            if (!_waiting.TryGetValue(page, out List<Waker>? wakers)) return;
            foreach (Waker waker in wakers) waker.Wake();
        }

        Served?.Invoke();
    }

    /// <summary>Lets everybody go on, whatever is there.</summary>
    public void OpenAll()
    {
        Closed.Fill(false);
        lock (_gate)
        {
            foreach (Waker waker in _waiting.Values.SelectMany(wakers => wakers)) waker.Wake();
        }
    }

    private bool Enter(long page, Waker waker)
    {
        lock (_gate)
        {
            _waits++;
            bool isFirst = !_waiting.TryGetValue(page, out List<Waker>? wakers);
            if (isFirst) _waiting.Add(page, wakers = []);
            wakers!.Add(waker);
            return isFirst;
        }
    }

    private void Leave(long page, Waker waker)
    {
        lock (_gate)
        {
            _waits--;
            List<Waker> wakers = _waiting[page];
            wakers.Remove(waker);
            if (wakers.Count == 0) _waiting.Remove(page);
        }
    }
}
