using Microsoft.Win32.SafeHandles;
using Qmp.Emulator.CommandLine;
using Qmp.Machine.Memory;
using Qmp.Types;

namespace Qmp.Emulator.Machines;

/// <summary>Makes the machine's RAM from <c>-m</c>, <c>-object memory-backend-…</c> and <c>-machine memory-backend=</c>.</summary>
internal static class MachineMemory
{
    /// <exception cref="CommandLineException">The options contradict each other, or memory is not to be had.</exception>
    public static void Create(EmulatorOptions options, MachineType type, GuestMemory memory)
    {
        RamBlock? main = CreateMain(options, type);
        foreach (FirmwareBlock firmware in type.Firmware)
        {
            if (main is not null && main.Length >= firmware.MaxLength)
            {
                memory.Map(main, 0);
                main = null;
            }

            RamBlock block = CreateFirmware(firmware);
            if (firmware.Address is { } address) memory.Map(block, address);
            else memory.Add(block);
        }

        if (main is not null) memory.Map(main, 0);
    }

    private static RamBlock CreateFirmware(FirmwareBlock firmware)
    {
        RamBlock block = Try(() => RamBlock.Anonymous(firmware.Id, (ulong)firmware.Length));
        if (firmware.Address is null) return block;
        byte[] filler = new byte[firmware.Length];
        for (int i = 0; i < filler.Length; i++) filler[i] = (byte)(i * 167 >> 8 | 1);
        block.Write(0, filler);
        return block;
    }

    private static RamBlock? CreateMain(EmulatorOptions options, MachineType type)
    {
        if (options.MemoryBackend is not { } id)
        {
            ulong size = RoundUp(options.MemorySize ?? type.DefaultMemory);
            return size > 0 ? Try(() => RamBlock.Anonymous(type.RamId, size)) : null;
        }

        OptionValue<ObjectOptions> backend = options.Objects.FirstOrDefault(o => o.Value.Id == id)
            ?? throw new CommandLineException($"Memory backend '{id}' not found");
        RamBlock block = backend.Value switch
        {
            ObjectOptions.MemoryBackendRam ram => Try(
                () => RamBlock.Anonymous(id, RoundUp(ram.Value.Size), ram.Value.Prealloc ?? false)),
            ObjectOptions.MemoryBackendFile file => FromFile(backend, id, file.Value),
            _ => throw backend.Error("is no memory"),
        };
        if (options.MemorySize is { } wanted && RoundUp(wanted) != block.Length)
        {
            block.Dispose();
            throw new CommandLineException("Machine memory size does not match the size of the memory backend");
        }

        return block;
    }

    private static RamBlock FromFile(
        OptionValue<ObjectOptions> option, string id, MemoryBackendFileProperties properties)
    {
        ulong size = RoundUp(properties.Size);
        try
        {
            SafeFileHandle file = File.OpenHandle(
                properties.MemPath, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite);
            if (RandomAccess.GetLength(file) < (long)size) RandomAccess.SetLength(file, (long)size);
            return RamBlock.FromFile(
                id, size, file, properties.Share ?? false, properties.Prealloc ?? false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw option.Error($"can't open backing store {properties.MemPath} for guest RAM: {e.Message}");
        }
    }

    private static RamBlock Try(Func<RamBlock> make)
    {
        try
        {
            return make();
        }
        catch (Exception e) when (e is IOException or OverflowException)
        {
            throw new CommandLineException(e.Message);
        }
    }

    // QEMU rounds memory up to whole pages of 8 KiB.
    private static ulong RoundUp(ulong size) => (size + 8191) & ~8191UL;
}
