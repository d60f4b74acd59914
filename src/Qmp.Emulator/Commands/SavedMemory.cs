using Qmp.Emulator.Control;
using Qmp.Emulator.Versions;
using Qmp.Linux;
using Qmp.Machine;
using Qmp.Migration;
using Qmp.Protocol.Threading;
using Qmp.Server.Dispatch;
using Qmp.Types;

namespace Qmp.Emulator.Commands;

/// <summary>Writes guest memory to files.</summary>
internal sealed class SavedMemory(
    VirtualMachine machine, QemuVersion version, MigrationCore migration, ShutdownController shutdown, Func<Func<ValueTask>, Task> offload)
{
    private const int Chunk = 1 << 20;

    /// <summary>Checks that memory may be read.</summary>
    /// <exception cref="CommandException">It is still coming.</exception>
    public void Check()
    {
        if (version.GuardsIncomingMemory && migration.IsDestination) throw new CommandException("Guest memory access not allowed during migration");
    }

    /// <summary>Saves a range.</summary>
    /// <exception cref="CommandException">Memory may not be read now, or the file cannot be written.</exception>
    // Opening a FIFO or writing to a slow disk takes as long as it takes; the lock stays held, as in QEMU, but the
    // monitor's own thread continues to read.
    public async ValueTask SaveAsync(PmemsaveArguments arguments)
    {
        Check();
        await offload(() => WriteAsync(arguments)).ConfigureAwait(OrderedContext.IsCurrent);
    }

    // The end of the emulator does not wait for a reader of a FIFO, nor for the last byte of much memory.
    private async ValueTask WriteAsync(PmemsaveArguments arguments)
    {
        using var end = new WakeEvent();
        using CancellationTokenRegistration ending = shutdown.Ending.Register(end.Set);
        await WriteAsync(arguments, end).ConfigureAwait(OrderedContext.IsCurrent);
    }

    private async ValueTask WriteAsync(PmemsaveArguments arguments, WakeEvent end)
    {
        using OutputFile file = OutputFile.Create(arguments.Filename, end, out int error)
            ?? throw new CommandException($"Could not open '{arguments.Filename}': {Errno.Text(error)}");
        byte[] buffer = new byte[Chunk];
        ulong address = (ulong)arguments.Val;
        ulong left = (ulong)arguments.Size;
        while (left > 0)
        {
            Memory<byte> piece = buffer.AsMemory(0, (int)Math.Min(left, Chunk));
            await machine.Memory.ReadAsync(address, piece).ConfigureAwait(OrderedContext.IsCurrent);
            if (file.Write(piece.Span) < 0) throw new CommandException($"writing memory to '{arguments.Filename}' failed");
            address += (ulong)piece.Length;
            left -= (ulong)piece.Length;
        }
    }
}
