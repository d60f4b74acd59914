using Qmp.Machine.Memory;

namespace Qmp.Devices.Workload.Model;

/// <summary>A guest's program and its registers: the part of a modelled guest that moves on with it.</summary>
/// <remarks>Both machines of a migration have the same one; only one of them runs it at a time.</remarks>
public sealed class ModelProgram
{
    private readonly ModelSettings _settings;
    private readonly long _first;
    private readonly PageKind _kind;
    private SplitMix _random;
    private PagePicker _picker;
    private ModelPhase _phase;
    private int _index;
    private ulong _writes;
    private ulong _phaseWrites;
    private long _lived; // ns
    private double _due;

    /// <summary>A guest that has not run yet.</summary>
    public ModelProgram(ModelSettings settings)
    {
        _settings = settings;
        _first = settings.Offset / RamBlock.PageSize;
        _kind = PageKind.Of(settings.Fill, settings.Change);
        _random = new SplitMix(settings.Seed);
        _phase = settings.Phases[0];
        _picker = PickerOf(_phase);
        Reach = settings.Phases.Max(phase => phase.WorkingSet);
    }

    /// <summary>What it does.</summary>
    public ModelSettings Settings => _settings;

    /// <summary>Bytes from its offset that it may write.</summary>
    public long Reach { get; }

    /// <summary>Bytes of pages that it has written, those written again included.</summary>
    public ulong Written => _writes * RamBlock.PageSize;

    /// <summary>Pages that it has written since it began to run where it is, if it ran elsewhere before.</summary>
    public PageBitmap? Touched { get; private set; }

    /// <summary>What runs it, or ran it last.</summary>
    internal ModelGuest? Home { get; private set; }

    /// <summary>It runs elsewhere from now on, where there are so many pages.</summary>
    internal void Move(ModelGuest home, long pages)
    {
        if (Home is not null) Touched = new PageBitmap(pages);
        Home = home;
    }

    /// <summary>Lets time pass; writes become due.</summary>
    /// <param name="nanoseconds">How long.</param>
    /// <param name="share">The part of the time that it may use.</param>
    /// <returns>How many writes are due.</returns>
    internal long Live(long nanoseconds, double share)
    {
        _lived += nanoseconds;
        long at = _settings.Repeat > TimeSpan.Zero ? _lived % (long)_settings.Repeat.TotalNanoseconds : _lived;
        if (at < _phase.At.TotalNanoseconds) Enter(0);
        while (_index + 1 < _settings.Phases.Count && at >= _settings.Phases[_index + 1].At.TotalNanoseconds) Enter(_index + 1);
        double perSecond = _phase.Rate / RamBlock.PageSize;

        // What could not be done in time is not made up for beyond a second: a guest does not remember either.
        _due = Math.Min(_due + (perSecond * nanoseconds / 1e9 * share), Math.Max(1, perSecond));
        return (long)_due;
    }

    /// <summary>Makes the next write.</summary>
    internal (long Page, PageState State) Write()
    {
        _due--;
        long page = _first + _picker.Next(_phaseWrites++, ref _random);
        uint generation = (uint)++_writes;
        if (generation == 0) generation = (uint)++_writes;
        Touched?.Set(page);
        return (page, new PageState(_kind, generation));
    }

    private void Enter(int index)
    {
        _index = index;
        ModelPhase phase = _settings.Phases[index];
        if (phase.WorkingSet != _phase.WorkingSet || phase.Pattern != _phase.Pattern)
        {
            _picker = PickerOf(phase);
            _phaseWrites = 0;
        }

        _phase = phase;
    }

    private static PagePicker PickerOf(ModelPhase phase) => PagePicker.Create(phase.Pattern, phase.WorkingSet / RamBlock.PageSize);
}
