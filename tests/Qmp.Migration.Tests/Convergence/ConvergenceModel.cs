namespace Qmp.Migration.Tests.Convergence;

/// <summary>A migration as arithmetic, from the description of QEMU's algorithm alone.</summary>
/// <remarks>
/// The guest starts at 0 and writes at every whole millisecond; the migration is asked for half a millisecond later,
/// waits for a refusal and then sends in windows of 100 ms. The sender never waits for the link; the link takes its
/// time, which is the downtime.
/// </remarks>
internal sealed class ConvergenceModel(Scenario scenario)
{
    private const int Page = 4096;
    private const long Head = 76; // header, configuration, return path, list of blocks: up to the first flush
    private const long Tail = 925; // timer, globalstate, end and description
    private const long Mebi = 1 << 20;
    private const long Refusal = 5; // ms that the connection may be refused in

    private readonly int _pages = (int)(scenario.Ram * Mebi / Page);
    private readonly bool[] _log = new bool[scenario.Ram * Mebi / Page]; // written since the last sync
    private readonly bool[] _dirty = new bool[scenario.Ram * Mebi / Page]; // to be sent
    private readonly bool[] _written = new bool[scenario.Ram * Mebi / Page];
    private readonly List<int> _steps = [];
    private int _count; // of _dirty
    private int _cursor;
    private bool _named; // the block's name goes with its first page
    private long _tick; // ms that the guest has lived
    private double _due;
    private long _writes;
    private int _throttle, _high;
    private long _periodStart, _periodPages, _periodSent, _rate;
    private long _pending, _small; // gathered, and copied for that
    private long _sent, _normal, _zero, _precopy, _down, _passes, _lastDirty;
    private long _burst = 128 * 1024;
    private double _lineFree; // ns

    public Outcome Run()
    {
        const long Start = 500_000 + (Refusal * 1_000_000);
        Array.Fill(_dirty, true);
        Array.Fill(_written, true, 0, (int)(scenario.Noise * Mebi / Page));
        _count = _pages;
        Guest(Start);
        Array.Clear(_log);
        Sync(0);
        Gather(Head);
        Flush(Start);
        Gather(5);
        long window = 0, windowSent = 0, rateSent = 0, budget = scenario.MaxBandwidth * Mebi / 10;
        long windowPages = 0, expected = scenario.DowntimeLimit, forced = 5000, passesAtTick = 0;
        double threshold = 0, mbps = 0;
        for (long now = 0; ; now += 100)
        {
            Guest(Start + (now * 1_000_000));
            if (now >= scenario.Seconds * 1000) return Report(false, now, 0, mbps, expected);
            if (scenario.AutoConverge && now >= forced)
            {
                if (_passes > 1 && _passes == passesAtTick) Sync(now);
                passesAtTick = _passes;
                forced += 5000;
            }

            if (now - window >= 100)
            {
                double bandwidth = (double)(_sent - windowSent) / (now - window);
                threshold = bandwidth * scenario.DowntimeLimit;
                mbps = bandwidth * 8 / 1000;
                if (_rate != 0 && _sent - windowSent > 10_000) expected = (long)(_lastDirty / bandwidth);
                (window, windowSent, rateSent, windowPages) = (now, _sent, _sent, _normal + _zero);
            }

            while (budget == 0 || _sent - rateSent <= budget)
            {
                long left = (long)_count * Page;
                if (left < (long)threshold) { Sync(now); left = (long)_count * Page; }
                if (left == 0 || left < (long)threshold) return Complete(Start, now, mbps, expected);
                Gather(5);
                while ((budget == 0 || _sent - rateSent <= budget) && _count > 0)
                {
                    long room = budget == 0 ? long.MaxValue : budget - (_sent - rateSent);
                    Burst(Math.Clamp(room, 128 * 1024, _burst), Start + (now * 1_000_000), stopped: false);
                }

                Gather(8);
                Flush(Start + (now * 1_000_000));
                Gather(5);
            }
        }
    }

    private Outcome Complete(long start, long now, double mbps, long expected)
    {
        long stop = Math.Max(now, 20 - Refusal); // an objection is waited for
        Guest(start + (stop * 1_000_000));
        Gather(10);
        Sync(stop);
        while (_count > 0) Burst(_burst, start + (stop * 1_000_000), stopped: true);
        Gather(13 + Tail);
        Flush(start + (stop * 1_000_000));
        long end = (long)((_lineFree + (8 * 1e9 / (scenario.Link * Mebi))) / 1_000_000) - Refusal;
        return Report(true, end + Refusal, end - stop, _sent * 8.0 / end / 1000, expected);
    }

    private Outcome Report(bool completed, long now, long downtime, double mbps, long expected) => new()
    {
        Completed = completed, Passes = _passes, ThrottleSteps = string.Join(' ', _steps), NormalPages = _normal,
        ZeroPages = _zero, Transferred = _sent, PrecopyBytes = _precopy, DowntimeBytes = _down,
        DirtyPagesRate = completed ? 0 : _rate, ExpectedDowntime = completed ? 0 : expected, Downtime = downtime,
        TotalTime = now, Mbps = mbps,
    };

    private void Guest(long until)
    {
        int span = (int)(scenario.WorkingSet * Mebi / Page) - 1;
        double rate = scenario.DirtyRate * Mebi / Page;
        for (; (_tick + 1) * 1_000_000 <= until; _tick++)
        {
            _due += rate * 1_000_000 / 1e9 * (100 - _throttle) / 100;
            if (_due < 1) continue;
            for (; _due >= 1; _due--) Write(1 + (int)(_writes++ % span));
            Write(0); // the ledger
        }

        void Write(int page) => _log[page] = _written[page] = true;
    }

    private void Sync(long now)
    {
        _passes++;
        for (int page = 0; page < _pages; page++)
        {
            if (!_log[page]) continue;
            _log[page] = false;
            if (!_dirty[page]) { _dirty[page] = true; _count++; _periodPages++; }
        }

        _lastDirty = (long)_count * Page;
        if (now <= _periodStart + 1000) return;
        if (_periodPages * Page > (_sent - _periodSent) / 2 && ++_high == 2)
        {
            _high = 0;
            if (scenario.AutoConverge) Throttle((_sent - _periodSent) / 2);
        }

        _rate = _periodPages * 1000 / (now - _periodStart);
        (_periodStart, _periodPages, _periodSent) = (now, 0, _sent);
    }

    private void Throttle(long allowed)
    {
        int left = 100 - _throttle;
        int step = scenario.TailSlow ? Math.Min(10, left - (int)(left * ((double)allowed / (_periodPages * Page)))) : 10;
        _throttle = _throttle == 0 ? 20 : Math.Min(99, _throttle + step);
        _steps.Add(_throttle);
    }

    private void Burst(long size, long time, bool stopped)
    {
        long before = _pending;
        while (_count > 0 && _pending < size && _small <= 31 * 1024)
        {
            while (!_dirty[_cursor]) _cursor = (_cursor + 1) % _pages;
            _dirty[_cursor] = false;
            _count--;
            Gather(_named ? 8 : 12);
            _named = true;
            if (_written[_cursor]) { _pending += Page; _normal++; }
            else { Gather(1); _zero++; }
            _cursor = (_cursor + 1) % _pages;
        }

        if (stopped) _down += _pending - before; else _precopy += _pending - before;
        if (_pending >= size || _small > 31 * 1024) Flush(time);
        _burst = Math.Min(1 << 20, _burst * 2);
    }

    private void Gather(long bytes) => (_pending, _small) = (_pending + bytes, _small + bytes);

    private void Flush(long time)
    {
        _lineFree = Math.Max(time, _lineFree) + (_pending * 1e9 / (scenario.Link * Mebi));
        _sent += _pending;
        _pending = _small = 0;
    }
}
