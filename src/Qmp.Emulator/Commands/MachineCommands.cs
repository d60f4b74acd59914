using Microsoft.Win32.SafeHandles;
using Qmp.Api;
using Qmp.Emulator.Control;
using Qmp.Emulator.Files;
using Qmp.Machine;
using Qmp.Server.Dispatch;
using Qmp.Types;

namespace Qmp.Emulator.Commands;

/// <summary>The commands of machine.json.</summary>
internal sealed class MachineCommands(
    VirtualMachine machine, ShutdownController shutdown, Func<Action, Task> offload) : IMachineCommands
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

    // Opening a FIFO or writing to a slow disk takes as long as it takes; the loop stays held, as in QEMU, but the
    // monitor's own thread continues to read.
    public async ValueTask PmemsaveAsync(PmemsaveArguments arguments, CancellationToken cancellationToken) =>
        await offload(() => Save(arguments)).ConfigureAwait(false);

    private void Save(PmemsaveArguments arguments)
    {
        // A stream, not RandomAccess: a FIFO has no places to write at.
        using var file = new FileStream(Create(arguments.Filename), FileAccess.Write, bufferSize: 0);
        byte[] buffer = new byte[Chunk];
        ulong address = (ulong)arguments.Val;
        ulong left = (ulong)arguments.Size;
        while (left > 0)
        {
            Span<byte> piece = buffer.AsSpan(0, (int)Math.Min(left, Chunk));
            machine.Memory.ReadPhysical(address, piece);
            try
            {
                file.Write(piece);
            }
            catch (IOException)
            {
                throw new CommandException("An IO error has occurred");
            }

            address += (ulong)piece.Length;
            left -= (ulong)piece.Length;
        }
    }

    private static SafeFileHandle Create(string path)
    {
        try
        {
            return File.OpenHandle(path, FileMode.Create, FileAccess.Write, FileShare.ReadWrite);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new CommandException($"Could not open '{path}': {FileErrors.Text(e)}");
        }
    }
}
