namespace Qmp.Migration.Tests.Convergence;

/// <summary>A migration as arithmetic, from the description of QEMU's algorithm alone.</summary>
/// <remarks>
/// The guest starts at 0 and writes every millisecond; the migration is asked for half a millisecond later and sends in
/// windows of 100 ms. The sender never waits for the link; the link takes its time, which is the downtime.
/// </remarks>
internal sealed class ConvergenceModel(Scenario scenario)
{
    private const long Page = 4096, Mebi = 1 << 20, Milli = 1_000_000;
    private const long Head = 76, Tail = 1011; // header to list of blocks; timer, globalstate, end and description
    private const long Refusal = 5, Start = 500_000 + (Refusal * Milli); // ms to refuse the connection; ns

    private readonly int _pages = (int)(scenario.Ram * Mebi / Page);
    private readonly bool[] _log = new bool[scenario.Ram * Mebi / Page]; // written since the last sync
    private readonly bool[] _dirty = new bool[scenario.Ram * Mebi / Page]; // to be sent
    private readonly bool[] _written = new bool[scenario.Ram * Mebi / Page]; // not zero
    private readonly List<int> _steps = [];
    private int _count, _cursor, _throttle, _high; // of _dirty, where it is scanned; percent, periods that were too high
    private long _tick, _writes, _periodStart, _periodPages, _periodSent, _rate; // ms that the guest has lived, ...
    private long _pending, _small, _burst = 128 * 1024; // gathered, and copied for that; gathered at most
    private long _sent, _normal, _zero, _precopy, _down, _passes, _lastDirty;
    private double _due, _lineFree; // pages, ns

    public Outcome Run()
    {
        Array.Fill(_dirty, true);
        Array.Fill(_written, true, 0, (int)(scenario.Noise * Mebi / Page));
        _count = _pages;
        Guest(Start);
        Array.Clear(_log);
        Sync(0);
        Send(Head, Start);
        long window = 0, windowSent = 0, budget = scenario.MaxBandwidth * Mebi / 10;
        long expected = scenario.DowntimeLimit, forced = 5000, passesAtTick = 0;
        double threshold = 0, mbps = 0;
        for (long now = 0; ; now += 100)
        {
            Guest(Start + (now * Milli));
            if (now >= scenario.Seconds * 1000) break;
            if (scenario.AutoConverge && now >= forced)
            {
                if (_passes > 1 && _passes == passesAtTick) Sync(now);
                (passesAtTick, forced) = (_passes, forced + 5000);
            }

            if (now - window >= 100)
            {
                double bandwidth = (double)(_sent - windowSent) / (now - window);
                (threshold, mbps) = (bandwidth * scenario.DowntimeLimit, bandwidth * 8 / 1000);
                if (_rate != 0 && _sent - windowSent > 10_000) expected = (long)(_lastDirty / bandwidth);
                (window, windowSent) = (now, _sent);
            }

            while (budget == 0 || _sent - windowSent <= budget)
            {
                if (_count * Page < (long)threshold) Sync(now);
                if (_count == 0 || _count * Page < (long)threshold) return Complete(now);
                Gather(5);
                while ((budget == 0 || _sent - windowSent <= budget) && _count > 0)
                    Burst(budget == 0 ? _burst : Math.Clamp(budget + windowSent - _sent, 128 * 1024, _burst), Start + (now * Milli));
                Send(8, Start + (now * Milli));
                _precopy += 8;
            }
        }

        return Report(scenario.Seconds * 1000, mbps) with { DirtyPagesRate = _rate, ExpectedDowntime = expected };
    }

    private Outcome Complete(long now)
    {
        long stop = Math.Max(now, 20 - Refusal); // an objection is waited for
        Guest(Start + (stop * Milli));
        Gather(10);
        Sync(stop);
        while (_count > 0) Burst(_burst, Start + (stop * Milli), stopped: true);
        Send(13 + Tail, Start + (stop * Milli));
        long end = (long)((_lineFree + (8 * 1e9 / (scenario.Link * Mebi))) / Milli) - Refusal;
        return Report(end + Refusal, _sent * 8.0 / end / 1000) with { Completed = true, Downtime = end - stop };
    }

    private Outcome Report(long now, double mbps) => new()
    {
        Passes = _passes, ThrottleSteps = string.Join(' ', _steps), NormalPages = _normal, ZeroPages = _zero,
        Transferred = _sent, PrecopyBytes = _precopy, DowntimeBytes = _down, TotalTime = now, Mbps = mbps,
    };

    private void Guest(long until)
    {
        int span = (int)(scenario.WorkingSet * Mebi / Page) - 1;
        for (; (_tick + 1) * Milli <= until; _tick++)
        {
            _due += scenario.DirtyRate * Mebi / Page * Milli / 1e9 * (100 - _throttle) / 100;
            if (_due >= 1) Write(0); // the ledger
            for (; _due >= 1; _due--) Write(1 + (int)(_writes++ % span));
        }

        void Write(int page) => _log[page] = _written[page] = true;
    }

    private void Sync(long now)
    {
        _passes++;
        for (int page = 0; page < _pages; _log[page++] = false)
            if (_log[page] && !_dirty[page]) (_dirty[page], _count, _periodPages) = (true, _count + 1, _periodPages + 1);
        _lastDirty = _count * Page;
        if (now <= _periodStart + 1000) return;
        long allowed = (_sent - _periodSent) / 2, dirtied = _periodPages * Page;
        if (dirtied > allowed && ++_high % 2 == 0 && scenario.AutoConverge)
        {
            int left = 100 - _throttle;
            int step = scenario.TailSlow ? Math.Min(10, left - (int)(left * ((double)allowed / dirtied))) : 10;
            _steps.Add(_throttle = _throttle == 0 ? 20 : Math.Min(99, _throttle + step));
        }

        _rate = _periodPages * 1000 / (now - _periodStart);
        (_periodStart, _periodPages, _periodSent) = (now, 0, _sent);
    }

    private void Burst(long size, long time, bool stopped = false)
    {
        long before = _pending;
        while (_count > 0 && _pending < size && _small <= 31 * 1024)
        {
            while (!_dirty[_cursor]) _cursor = (_cursor + 1) % _pages;
            Gather(_normal + _zero == 0 ? 12 : 8); // the block's name goes with its first page
            if (_written[_cursor]) (_pending, _normal) = (_pending + Page, _normal + 1);
            else (_pending, _small, _zero) = (_pending + 1, _small + 1, _zero + 1);
            (_dirty[_cursor], _count, _cursor) = (false, _count - 1, (_cursor + 1) % _pages);
        }

        if (stopped) _down += _pending - before; else _precopy += _pending - before;
        if (_pending >= size || _small > 31 * 1024) Flush(time);
        _burst = Math.Min(1 << 20, _burst * 2);
    }

    private void Send(long bytes, long time)
    {
        Gather(bytes);
        Flush(time);
        Gather(5);
    }

    private void Gather(long bytes) => (_pending, _small) = (_pending + bytes, _small + bytes);

    private void Flush(long time)
    {
        _lineFree = Math.Max(time, _lineFree) + (_pending * 1e9 / (scenario.Link * Mebi));
        (_sent, _pending, _small) = (_sent + _pending, 0, 0);
    }
}
