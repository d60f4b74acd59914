using Qmp.Api;
using Qmp.Emulator.Control;
using Qmp.Emulator.Versions;
using Qmp.Linux;
using Qmp.Machine;
using Qmp.Machine.Time;
using Qmp.Migration;
using Qmp.Protocol.Threading;
using Qmp.Server.Dispatch;
using Qmp.Types;

namespace Qmp.Emulator.Dumps;

/// <summary>Writes the guest's memory to a core file, one dump at a time, while the guest stands still.</summary>
/// <remarks>Begun and ended with the machine's lock held; a detached one is written without it.</remarks>
internal sealed class MemoryDump(
    VirtualMachine machine, QemuVersion version, MigrationCore migration, ShutdownController shutdown, DumpEvents events, int processors, Func<Func<ValueTask>, Task> offload)
{
    private const int Chunk = 1 << 20;
    private const string Blocker = "Live migration disabled: dump-guest-memory in progress";

    private volatile DumpQueryResult _latest = new() { Status = DumpStatus.None, Completed = 0, Total = 0 };
    private long _written;

    /// <summary>Whether one is being written.</summary>
    public bool IsActive => _latest.Status == DumpStatus.Active;

    /// <summary>How far the latest is.</summary>
    public DumpQueryResult Query() => _latest with { Completed = Interlocked.Read(ref _written) };

    /// <summary>Checks that one can begin.</summary>
    /// <exception cref="CommandException">Now is not the time.</exception>
    public void Check()
    {
        if (version.GuardsIncomingMemory && migration.IsDestination) throw new CommandException("Dump not allowed during migration.");
        if (machine.RunState == RunState.Inmigrate) throw new CommandException("Dump not allowed during incoming migration.");
        if (IsActive) throw new CommandException("There is a dump in process, please wait.");
    }

    /// <summary>Writes one.</summary>
    /// <param name="file">Where to; disposed of at the end.</param>
    /// <param name="begin">The first address, or <see langword="null"/> for all memory.</param>
    /// <param name="length">How many bytes from there.</param>
    /// <param name="isDetached">Whether to return at once.</param>
    /// <exception cref="CommandException">It has failed, or there is nothing to write.</exception>
    public async ValueTask WriteAsync(DescriptorHandle file, ulong? begin, ulong length, bool isDetached)
    {
        bool wasRunning = machine.IsLive;
        try
        {
            migration.Blockers.Add(Blocker, passes: true);
            if (wasRunning) await machine.StopAsync(RunState.SaveVm).ConfigureAwait(OrderedContext.IsCurrent);
            Begin(begin, length, out MemoryRange[] ranges);
            Task writing = offload(() => WriteAsync(file, ranges));
            if (isDetached) _ = EndLaterAsync(writing, file, wasRunning);
            else await EndAsync(writing, file, wasRunning).ConfigureAwait(OrderedContext.IsCurrent);
        }
        catch (Exception) when (!IsActive && !file.IsClosed)
        {
            // It has not begun: nothing is told of it.
            Release(file, wasRunning);
            throw;
        }
    }

    private void Begin(ulong? begin, ulong length, out MemoryRange[] ranges)
    {
        Interlocked.Exchange(ref _written, 0);
        _latest = new DumpQueryResult { Status = DumpStatus.Failed, Completed = 0, Total = 0 };
        if (begin is not null && length == 0) throw new CommandException("parameter 'length' expects a non-zero size");
        ranges = begin is { } first ? MemoryRange.Of(machine.Memory, first, first + length) : MemoryRange.Of(machine.Memory);
        if (ranges.Length == 0) throw new CommandException("dump: no guest memory to dump");
        _latest = _latest with { Status = DumpStatus.Active, Total = ranges.Sum(range => (long)range.Length) };
    }

    private async Task EndLaterAsync(Task writing, DescriptorHandle file, bool wasRunning)
    {
        await writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        using TimelineLock.Hold hold = await machine.Lock.EnterAsync().ConfigureAwait(OrderedContext.IsCurrent);
        try
        {
            await EndAsync(writing, file, wasRunning).ConfigureAwait(OrderedContext.IsCurrent);
        }
        catch (CommandException)
        {
            // The event has told of it.
        }
    }

    private async ValueTask EndAsync(Task writing, DescriptorHandle file, bool wasRunning)
    {
        string? error = null;
        try
        {
            await writing.ConfigureAwait(OrderedContext.IsCurrent);
        }
        catch (IOException e)
        {
            error = e.Message;
        }

        _latest = Query() with { Status = error is null ? DumpStatus.Completed : DumpStatus.Failed };
        events.DumpCompleted(new DumpCompletedEvent { Result = _latest, Error = error });
        Release(file, wasRunning);
        if (error is not null) throw new CommandException(error);
    }

    private void Release(DescriptorHandle file, bool wasRunning)
    {
        file.Dispose();
        migration.Blockers.Remove(Blocker);
        if (wasRunning && machine.RunState == RunState.SaveVm) machine.Start();
    }

    // The end of the emulator does not wait for the last byte, nor for the reader of a pipe.
    private async ValueTask WriteAsync(DescriptorHandle file, MemoryRange[] ranges)
    {
        using var end = new WakeEvent();
        using CancellationTokenRegistration ending = shutdown.Ending.Register(end.Set);
        bool isWide = machine.Memory.Visible.Any(v => v.Start + v.Block.Length > uint.MaxValue);
        Write(file, ElfCore.Header(ranges, processors, isWide), end, isMemory: false);
        byte[] buffer = new byte[Chunk];
        foreach (MemoryRange range in ranges)
        {
            for (ulong done = 0; done < range.Length;)
            {
                Memory<byte> piece = buffer.AsMemory(0, (int)Math.Min(range.Length - done, Chunk));
                await machine.Memory.ReadAsync(range.Start + done, piece).ConfigureAwait(OrderedContext.IsCurrent);
                Write(file, piece.Span, end, isMemory: true);
                done += (ulong)piece.Length;
            }
        }

        Write(file, ElfCore.Trailer, end, isMemory: false);
    }

    private void Write(DescriptorHandle file, ReadOnlySpan<byte> bytes, WakeEvent end, bool isMemory)
    {
        while (!bytes.IsEmpty)
        {
            Descriptors.Wait(file, PollEvents.Writable, end, out bool isEnding);
            if (isEnding) throw new IOException("dump: failed to save memory: Operation canceled");
            int written = Qmp.Linux.Files.Write(file, bytes);
            if (written == -Errno.TryAgain) continue;
            if (written < 0) throw new IOException($"dump: failed to save memory: {Errno.Text(written)}");
            bytes = bytes[written..];
            if (isMemory) Interlocked.Add(ref _written, written);
        }
    }
}
