using Microsoft.Win32.SafeHandles;
using Qmp.Emulator.CommandLine;
using Qmp.Machine.Memory;
using Qmp.Types;

namespace Qmp.Emulator.Machines;

/// <summary>Makes the machine's RAM from <c>-m</c>, <c>-object memory-backend-…</c> and <c>-machine memory-backend=</c>.</summary>
internal static class MachineMemory
{
    private const string FirmwareId = "pc.bios";
    private const ulong FirmwareEnd = 4UL << 30;

    /// <exception cref="CommandLineException">The options contradict each other, or memory is not to be had.</exception>
    public static void Create(EmulatorOptions options, MachineType type, GuestMemory memory)
    {
        CreateMain(options, type, memory);
        if (type.FirmwareSize > 0) CreateFirmware(type.FirmwareSize, memory);
    }

    private static void CreateFirmware(int size, GuestMemory memory)
    {
        RamBlock block = Try(() => RamBlock.Anonymous(FirmwareId, (ulong)size));
        byte[] filler = new byte[size];
        for (int i = 0; i < size; i++) filler[i] = (byte)(i * 167 >> 8 | 1);
        block.Write(0, filler);
        memory.Map(block, FirmwareEnd - (ulong)size);
    }

    private static void CreateMain(EmulatorOptions options, MachineType type, GuestMemory memory)
    {
        if (options.MemoryBackend is not { } id)
        {
            ulong size = RoundUp(options.MemorySize ?? type.DefaultMemory);
            if (size > 0) memory.Map(Try(() => RamBlock.Anonymous(type.RamId, size)), 0);
            return;
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

        memory.Map(block, 0);
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
