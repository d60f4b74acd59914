using Qmp.Machine.Time;

namespace Qmp.Machine.Memory;

/// <summary>The pages of one block that a migration has yet to do something with: whoever touches one waits, and it is asked for.</summary>
/// <param name="timeline">Where the machine runs.</param>
/// <param name="block">The block.</param>
public abstract class AwaitedPages(Timeline timeline, RamBlock block) : PageGate(new PageBitmap(block.Pages))
{
    private readonly Lock _gate = new(); // guards _waiting
    private readonly Dictionary<long, List<Waker>> _waiting = [];
    private int _waits;

    /// <summary>The block.</summary>
    public RamBlock Block { get; } = block;

    /// <summary>The pages that somebody waits for.</summary>
    public IReadOnlyList<long> Wanted
    {
        get
        {
            lock (_gate) return [.. _waiting.Keys.Order()];
        }
    }

    /// <summary>Whether somebody waits for a page that is closed.</summary>
    public bool IsWaitedFor
    {
        get
        {
            lock (_gate) return _waiting.Keys.Any(page => Closed[page]);
        }
    }

    /// <summary>Called when a page has been opened that was waited for; by the activity that opened it.</summary>
    public Action? Served { get; set; }

    /// <inheritdoc/>
    public override async ValueTask WaitAsync(long page)
    {
        Waker waker = timeline.CreateWaker();
        bool isFirst = Enter(page, waker);
        if (isFirst) await AskAsync(page);

        // A wait is entered before the page is looked at, and a page opened before its waits are looked for.
        while (Closed[page]) await waker.WaitAsync();
        Leave(page, waker);
    }

    /// <inheritdoc/>
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

    /// <summary>Lets everybody go on, whatever has been done.</summary>
    public void OpenAll()
    {
        Closed.Fill(false);
        lock (_gate)
        {
            foreach (Waker waker in _waiting.Values.SelectMany(wakers => wakers)) waker.Wake();
        }
    }

    /// <summary>Lets everybody go on, and keeps nobody waiting any more.</summary>
    public void Remove()
    {
        OpenAll();
        if (ReferenceEquals(Block.Gate, this)) Block.Gate = null;
    }

    /// <summary>Puts a page before all others. Called by the first who waits for it.</summary>
    /// <param name="page">The number of the page in its block.</param>
    protected abstract ValueTask AskAsync(long page);

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
