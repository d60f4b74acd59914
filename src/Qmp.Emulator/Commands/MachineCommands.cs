using Qmp.Api;
using Qmp.Emulator.Control;
using Qmp.Linux;
using Qmp.Machine;
using Qmp.Server.Dispatch;
using Qmp.Types;

namespace Qmp.Emulator.Commands;

/// <summary>The commands of machine.json.</summary>
internal sealed class MachineCommands(
    VirtualMachine machine, ShutdownController shutdown, Func<Func<ValueTask>, Task> offload) : IMachineCommands
{
    private const int Chunk = 1 << 20;

    public ValueTask<UuidInfo> QueryUuidAsync(QueryUuidArguments arguments, CancellationToken cancellationToken) =>
        new(new UuidInfo { Uuid = (machine.Identity.Uuid ?? Guid.Empty).ToString("D") });

    public ValueTask<TargetInfo> QueryTargetAsync(QueryTargetArguments arguments, CancellationToken cancellationToken) =>
        new(new TargetInfo { Arch = SysEmuTarget.X86_64 });

    // As a QEMU that was built with KVM and does not use it.
    public ValueTask<KvmInfo> QueryKvmAsync(QueryKvmArguments arguments, CancellationToken cancellationToken) =>
        new(new KvmInfo { Enabled = false, Present = true });

    public ValueTask SystemResetAsync(SystemResetArguments arguments, CancellationToken cancellationToken) =>
        shutdown.ResetAsync(ShutdownCause.HostQmpSystemReset);

    public ValueTask SystemPowerdownAsync(
        SystemPowerdownArguments arguments, CancellationToken cancellationToken)
    {
        shutdown.PowerDown();
        return ValueTask.CompletedTask;
    }

    // Opening a FIFO or writing to a slow disk takes as long as it takes; the lock stays held, as in QEMU, but the
    // monitor's own thread continues to read.
    public async ValueTask PmemsaveAsync(PmemsaveArguments arguments, CancellationToken cancellationToken) =>
        await offload(() => SaveAsync(arguments)).ConfigureAwait(false);

    // The end of the emulator does not wait for a reader of a FIFO, nor for the last byte of much memory.
    private async ValueTask SaveAsync(PmemsaveArguments arguments)
    {
        using var end = new WakeEvent();
        using CancellationTokenRegistration ending = shutdown.Ending.Register(end.Set);
        await SaveAsync(arguments, end);
    }

    private async ValueTask SaveAsync(PmemsaveArguments arguments, WakeEvent end)
    {
        using OutputFile file = OutputFile.Create(arguments.Filename, end, out int error)
            ?? throw new CommandException($"Could not open '{arguments.Filename}': {Errno.Text(error)}");
        byte[] buffer = new byte[Chunk];
        ulong address = (ulong)arguments.Val;
        ulong left = (ulong)arguments.Size;
        while (left > 0)
        {
            Memory<byte> piece = buffer.AsMemory(0, (int)Math.Min(left, Chunk));
            await machine.Memory.ReadAsync(address, piece);
            if (file.Write(piece.Span) < 0) throw new CommandException($"writing memory to '{arguments.Filename}' failed");
            address += (ulong)piece.Length;
            left -= (ulong)piece.Length;
        }
    }
}
