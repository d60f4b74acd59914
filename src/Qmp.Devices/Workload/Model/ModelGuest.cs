using Qmp.Machine;
using Qmp.Machine.Memory;
using Qmp.Machine.Time;

namespace Qmp.Devices.Workload.Model;

/// <summary>Runs the program of a modelled guest on one of its machines, on an activity of its own.</summary>
/// <remarks>Its pages are known by number, so that it needs no memory that is stored.</remarks>
public sealed class ModelGuest : IGuest
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);

    private const int Batch = 64;

    private readonly (long Page, PageState State)[] _batch = new (long Page, PageState State)[Batch];
    private readonly Timeline _timeline;
    private readonly RamBlock _block;
    private readonly ModelProgram _program;
    private readonly GuestActivity _activity;
    private volatile int _throttle;

    /// <summary>A guest that does not run yet.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="block">The block that it writes.</param>
    /// <param name="program">What it does.</param>
    /// <exception cref="ArgumentException">Its memory does not lie in the block.</exception>
    public ModelGuest(VirtualMachine machine, RamBlock block, ModelProgram program)
    {
        if ((ulong)(program.Settings.Offset + program.Reach) > block.Length) throw new ArgumentException("no such memory", nameof(program));
        _timeline = machine.Timeline;
        _block = block;
        _program = program;
        _activity = new GuestActivity(_timeline, "model", RunAsync);
    }

    /// <inheritdoc/>
    public void Start() => _activity.Start();

    /// <inheritdoc/>
    public ValueTask StopAsync() => _activity.StopAsync();

    /// <inheritdoc/>
    public void Throttle(int percent) => _throttle = percent;

    private async ValueTask RunAsync()
    {
        if (!ReferenceEquals(_program.Home, this)) _program.Move(this, _block.Pages);
        long last = _timeline.NowNanoseconds;
        while (_activity.IsWanted)
        {
            long now = _timeline.NowNanoseconds;
            long due = _program.Live(now - last, (100 - _throttle) / 100.0);
            last = now;
            while (due > 0 && _activity.IsWanted)
            {
                ValueTask write = Write(ref due);
                if (!write.IsCompletedSuccessfully) await write;
            }

            await _activity.WaitAsync(Tick);
        }
    }

    // Makes writes until all are made that are due, or one has to wait.
    private ValueTask Write(ref long due)
    {
        // Nothing can have to wait: the places of some pages are fetched together, which is most of the time a write takes.
        while (due > 0 && _block is { Gate: null, Counted: not null })
        {
            int count = (int)Math.Min(due, Batch);
            for (int i = 0; i < count; i++)
            {
                _batch[i] = _program.Write();
                _block.Prefetch(_batch[i].Page);
            }

            for (int i = 0; i < count; i++) GuestMemory.Stamp(_block, _batch[i].Page, _batch[i].State);
            due -= count;
        }

        for (; due > 0; due--)
        {
            (long page, PageState state) = _program.Write();
            ValueTask write = GuestMemory.StampAsync(_block, page, state);
            if (write.IsCompletedSuccessfully) continue;
            due--;
            return write;
        }

        return ValueTask.CompletedTask;
    }
}
