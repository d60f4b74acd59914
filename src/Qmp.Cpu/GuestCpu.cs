using System.Globalization;
using Qmp.Cpu.Execution;
using Qmp.Cpu.Faults;
using Qmp.Cpu.Registers;
using Qmp.Machine;
using Qmp.Machine.Time;
using Qmp.Types;
using Serilog;

namespace Qmp.Cpu;

/// <summary>A processor that runs the guest's code, on an activity of its own.</summary>
/// <remarks>
/// It stops between two instructions. What a guest asks the machine for is done by another activity with the machine's lock held,
/// while this one waits: the instruction is over only then, so that a machine which is stopped first asks once more when it goes on.
/// </remarks>
public sealed class GuestCpu : IGuest
{
    private const long Slice = 1_000_000; // nanoseconds between two looks at the clock
    private const long FirstSlice = 100_000; // instructions
    private const long Tick = 54_925_494; // nanoseconds between two interrupts of the timer that firmware leaves running
    private const int TickVector = 8;
    private const uint TickCounter = 0x46c;

    private readonly VirtualMachine _machine;
    private readonly CpuSettings _settings;
    private readonly ILogger _logger;
    private readonly ExecutionUnit _unit;
    private readonly Interpreter _interpreter;
    private readonly Waker _waker;
    private readonly Lock _gate = new(); // guards _runs and _activity
    private Activity? _activity;
    private bool _runs;
    private volatile bool _resets;
    private volatile int _throttle;
    private Question? _asked; // whoever takes it away does with it what is to be done
    private long _nextTick;
    private long _slice;

    /// <summary>A processor that does not run yet.</summary>
    public GuestCpu(VirtualMachine machine, CpuSettings settings, ILogger logger)
    {
        _machine = machine;
        _settings = settings;
        _logger = logger;
        _unit = new ExecutionUnit(Registers, machine.Memory, settings.Ports, () => (ulong)machine.Clock.Nanoseconds);
        _interpreter = new Interpreter(_unit);
        _waker = machine.Timeline.CreateWaker();
        _slice = settings.Rate is { } rate ? Math.Max(1, rate / 1000) : FirstSlice;
    }

    /// <summary>Its registers. Looked at and changed only while it does not run.</summary>
    public CpuRegisters Registers { get; } = new();

    /// <summary>How many instructions it has executed.</summary>
    public long Executed { get; private set; }

    /// <summary>Lets the twenty-first bit of addresses reach the bus, or not.</summary>
    public void SetAddressLine20(bool isOn)
    {
        uint mask = isOn ? uint.MaxValue : ~(1u << 20);
        if (Registers.AddressMask == mask) return;
        Registers.AddressMask = mask;
        _interpreter.Forget();
    }

    /// <summary>Forgets decoded code. Called when registers or memory have been loaded.</summary>
    public void Forget() => _interpreter.Forget();

    /// <summary>Resets it: at once, or between two instructions if it runs. The machine's lock is held.</summary>
    public void Reset()
    {
        lock (_gate)
        {
            if (_activity is null)
            {
                ResetNow();
                if (!_runs) return;
                Begin();
            }
            else
            {
                _resets = true;
                _unit.NeedsAttention = true;
            }
        }

        _waker.Wake();
    }

    /// <inheritdoc/>
    public void Start()
    {
        lock (_gate)
        {
            if (_runs) return;
            _runs = true;
            Begin();
        }
    }

    /// <inheritdoc/>
    public async ValueTask StopAsync()
    {
        Activity? activity;
        lock (_gate)
        {
            _runs = false;
            activity = _activity;
            _activity = null;
            _unit.NeedsAttention = true;
        }

        if (activity is null) return;
        _waker.Wake();
        await activity.JoinAsync();
    }

    /// <inheritdoc/>
    public void Throttle(int percent)
    {
        _throttle = percent;
        _unit.NeedsAttention = true;
    }

    // A machine with nothing to boot has no activity.
    private void Begin()
    {
        if (Registers.IsAtReset && !_settings.Firmware.HasSystem) return;
        if (Registers is { IsHalted: true, Flags.Interrupts: false }) return;
        _activity = _machine.Timeline.Start("vcpu", RunAsync);
    }

    private async ValueTask RunAsync()
    {
        _interpreter.Forget();
        _nextTick = _machine.Clock.Nanoseconds + Tick;
        while (true)
        {
            _unit.NeedsAttention = false;
            if (_resets) ResetNow();
            if (!Volatile.Read(ref _runs)) return;
            if (Registers.IsAtReset && !await BootAsync()) await _waker.WaitAsync();
            else if (Registers.IsHalted) await WaitForTickAsync();
            else await RunSliceAsync();
        }
    }

    private async ValueTask<bool> BootAsync()
    {
        bool isBooted = await _settings.Firmware.BootAsync(_machine.Memory, Registers);
        _interpreter.Forget();
        return isBooted;
    }

    private async ValueTask RunSliceAsync()
    {
        long start = _machine.Timeline.NowNanoseconds;
        Stop stop = _interpreter.Run(_slice, out long executed);
        Executed += executed;
        switch (stop.Kind)
        {
            case StopKind.PageHeld:
                await _machine.Memory.WaitAsync(stop.Address, stop.Length, stop.Writes);
                break;

            case StopKind.Request:
                await AskAsync(stop.NextIp, () => _settings.Ask(stop.Request));
                break;

            case StopKind.Unsupported:
                Report(stop.Reason);
                await AskAsync(Registers.Ip, () => _machine.StopAsync(RunState.InternalError));
                break;
        }

        await KeepTimeAsync(start, executed);
        if (_machine.Clock.Nanoseconds >= _nextTick) await TakeTickAsync();
    }

    // In real time as many instructions as a slice takes; then what throttling takes away. At a set rate, as long as so many take.
    private async ValueTask KeepTimeAsync(long start, long executed)
    {
        int throttle = _throttle;
        long busy;
        if (_settings.Rate is { } rate)
        {
            busy = executed * 1_000_000_000 / rate;
            await _waker.WaitAsync(Waker.LimitOf(busy * 100 / (100 - throttle)));
            return;
        }

        busy = Math.Max(1, _machine.Timeline.NowNanoseconds - start);
        if (executed >= _slice) _slice = Math.Clamp((long)(executed * (double)Slice / busy), 1000, 1_000_000);
        if (throttle == 0) return;
        await _waker.WaitAsync(TimeSpan.FromTicks(busy * throttle / (100 - throttle) / 100));
    }

    private async ValueTask WaitForTickAsync()
    {
        if (!Registers.Flags.Interrupts)
        {
            await _waker.WaitAsync();
            return;
        }

        long left = _nextTick - _machine.Clock.Nanoseconds;
        if (left > 0) await _waker.WaitAsync(Waker.LimitOf(left));
        if (_machine.Clock.Nanoseconds >= _nextTick) await TakeTickAsync();
    }

    // Without a handler of the guest's, the firmware's: it counts.
    private async ValueTask TakeTickAsync()
    {
        if (!Registers.Flags.Interrupts) return;
        _nextTick = _machine.Clock.Nanoseconds + Tick;
        while (Volatile.Read(ref _runs))
        {
            try
            {
                if (Interrupts.HasHandler(_unit, TickVector)) Interrupts.Deliver(_unit, TickVector, Registers.Ip);
                else if (!Registers.IsProtected) _unit.Memory.Write(TickCounter, sizeof(uint), _unit.Memory.Read(TickCounter, sizeof(uint)) + 1);
                Registers.IsHalted = false;
                return;
            }
            catch (PageHeldException held)
            {
                await _machine.Memory.WaitAsync(held.Address, held.Length, held.Writes);
            }
            catch (ExecutionException e)
            {
                Report(e.Message);
                await AskAsync(Registers.Ip, () => _machine.StopAsync(RunState.InternalError));
                return;
            }
        }
    }

    // Waits until it has been done, or the machine was stopped or reset first.
    private async ValueTask AskAsync(uint nextIp, Func<ValueTask> action)
    {
        var asked = new Question();
        _asked = asked;
        _machine.Timeline.Start("vcpu-request", async () =>
        {
            using TimelineLock.Hold hold = await _machine.Lock.EnterAsync();
            if (!_machine.IsRunning || !Take(asked)) return;
            Registers.Ip = nextIp;
            asked.HasAdvanced = true;
            _waker.Wake();
            await action();
            asked.IsDone = true;
            _waker.Wake();
        });
        while (Volatile.Read(ref _runs) && !_resets && !asked.IsDone) await _waker.WaitAsync();
        if (Take(asked)) return;
        while (!asked.HasAdvanced) await _waker.WaitAsync();
    }

    private bool Take(Question asked) => Interlocked.CompareExchange(ref _asked, null, asked) == asked;

    private void ResetNow()
    {
        _resets = false;
        Registers.Reset();
        _settings.Ports.Reset();
        _interpreter.Forget();
    }

    private void Report(string reason)
    {
        Span<byte> bytes = stackalloc byte[15];
        uint address = (Registers.Segments[SegmentName.Cs].Base + Registers.Ip) & Registers.AddressMask;
        _machine.Memory.Peek(address, bytes);
        _logger.Error(
            "guest stopped at {Segment:x4}:{Offset:x8} (address {Address}), bytes {Bytes:l}: {Reason:l}",
            Registers.Segments[SegmentName.Cs].Selector,
            Registers.Ip,
            string.Create(CultureInfo.InvariantCulture, $"0x{address:x}"),
            Convert.ToHexStringLower(bytes),
            reason);
    }

    private sealed class Question
    {
        private volatile bool _hasAdvanced;
        private volatile bool _isDone;

        /// <summary>Whether the instruction that asked is over.</summary>
        public bool HasAdvanced { get => _hasAdvanced; set => _hasAdvanced = value; }

        /// <summary>Whether it has been done.</summary>
        public bool IsDone { get => _isDone; set => _isDone = value; }
    }
}
