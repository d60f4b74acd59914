using System.Runtime.InteropServices;
using Qmp.Emulator.Catalogue;
using Qmp.Emulator.Options;
using Qmp.Linux;
using Qmp.Machine.Memory;
using Qmp.Migration.Cpr;
using Qmp.Types;

namespace Qmp.Emulator.Machines;

/// <summary>Makes the machine's RAM from <c>-m</c>, <c>-object memory-backend-…</c> and <c>-machine memory-backend=</c>.</summary>
/// <param name="cpr">What outlives this program, and what another left to it.</param>
internal sealed class MachineMemory(CprState cpr)
{
    /// <summary>Makes the memory, and that of objects which the machine does not use.</summary>
    /// <param name="options">What is asked for.</param>
    /// <param name="type">The machine type.</param>
    /// <param name="memory">Gets the machine's.</param>
    /// <returns>The blocks that the machine does not use, which the caller disposes of.</returns>
    /// <exception cref="CommandLineException">The options contradict each other, or there is no such memory.</exception>
    public IReadOnlyList<RamBlock> Create(EmulatorOptions options, MachineType type, GuestMemory memory)
    {
        var unused = new List<RamBlock>();
        IReadOnlyList<RamBlock> ofNodes = [];
        RamBlock? main = options.Nodes.Memory.Count > 0 ? null : CreateMain(options, type, unused);
        if (options.Nodes.Memory.Count > 0) ofNodes = CreateNodes(options, type, unused);
        foreach (FirmwareBlock firmware in type.Firmware)
        {
            if (main is not null && main.Length >= firmware.MaxLength)
            {
                memory.Map(main, 0);
                main = null;
            }

            RamBlock block = CreateFirmware(firmware, options.Machine.AuxRamShare == true);
            if (firmware.Address is { } address) memory.Map(block, address);
            else memory.Add(block);
        }

        if (main is not null) memory.Map(main, 0);
        ulong next = 0;
        foreach (RamBlock block in ofNodes)
        {
            memory.Map(block, next);
            next += block.Length;
        }

        return unused;
    }

    // The memory of a machine with nodes is that of its nodes, one behind the other.
    private RamBlock[] CreateNodes(EmulatorOptions options, MachineType type, List<RamBlock> unused)
    {
        if (options.MemoryBackend is not null) throw new CommandLineException("'-machine memory-backend' and '-numa memdev' properties are mutually exclusive");
        options.Nodes.Complete(options.Objects.Select(o => o.Value), RoundUp(options.MemorySize ?? type.DefaultMemory));
        var blocks = new Dictionary<string, RamBlock>(StringComparer.Ordinal);
        foreach (OptionValue<ObjectOptions> made in options.Objects)
        {
            if (CreateBackend(made.Value) is not { } block) continue;
            if (options.Nodes.Memory.Contains(made.Value.Id)) blocks.Add(made.Value.Id, block);
            else unused.Add(block);
        }

        return [.. options.Nodes.Memory.Select(name => blocks[name])];
    }

    private RamBlock CreateFirmware(FirmwareBlock firmware, bool isShared)
    {
        var length = (ulong)firmware.Length;
        if (!isShared) return Fill(firmware, Try(() => RamBlock.Anonymous(firmware.Id, length)));
        RamBlock block = Shared(firmware.Id, firmware.Id, length, share: true, isAllocated: false, sealsSize: false, out bool isNew);
        return isNew ? Fill(firmware, block) : block;
    }

    private static RamBlock Fill(FirmwareBlock firmware, RamBlock block)
    {
        if (firmware.Address is null) return block;
        byte[] filler = new byte[firmware.Length];
        for (int i = 0; i < filler.Length; i++) filler[i] = (byte)(i * 167 >> 8 | 1);
        block.Load(0, filler);
        return block;
    }

    private RamBlock? CreateMain(EmulatorOptions options, MachineType type, List<RamBlock> unused)
    {
        RamBlock? main = null;
        foreach (OptionValue<ObjectOptions> made in options.Objects)
        {
            if (CreateBackend(made.Value) is not { } block) continue;
            if (made.Value.Id == options.MemoryBackend) main = block;
            else unused.Add(block);
        }

        if (options.MemoryBackend is not { } id)
        {
            ulong size = RoundUp(options.MemorySize ?? type.DefaultMemory);
            options.Nodes.Complete(options.Objects.Select(o => o.Value), size);
            if (size == 0) return null;
            if (options.CountsMemory) return RamBlock.OfCounted(type.RamId, size);
            bool isAllocated = options.Given.Has(GuestOptionTable.MemoryAllocated);
            return options.Given.Last(GuestOptionTable.MemoryPath) is { } path
                ? MemoryFile.Map(type.RamId, new MemoryBackendFileProperties { Size = size, MemPath = path.Value, Prealloc = isAllocated })
                : Try(() => RamBlock.Anonymous(type.RamId, size, isAllocated));
        }

        if (main is null) throw new CommandLineException($"Memory backend '{id}' not found");
        if (options.MemorySize is { } wanted && RoundUp(wanted) != main.Length)
        {
            main.Dispose();
            throw new CommandLineException("Machine memory size does not match the size of the memory backend");
        }

        return main;
    }

    /// <summary>Makes the memory of an object; <see langword="null"/> if it is none.</summary>
    /// <exception cref="CommandLineException">There is no such memory.</exception>
    public RamBlock? CreateBackend(ObjectOptions made) => made switch
    {
        ObjectOptions.MemoryBackendRam { Value.Share: true } ram =>
            Shared(made.Id, made.Id, RoundUp(ram.Value.Size), share: true, ram.Value.Prealloc, sealsSize: false, out _),
        ObjectOptions.MemoryBackendRam ram => Anonymous(made.Id, ram.Value.Size, ram.Value.Prealloc),
        ObjectOptions.MemoryBackendMemfd ram =>
            Shared(made.Id, "memory-backend-memfd", RoundUp(ram.Value.Size), ram.Value.Share ?? true, ram.Value.Prealloc, ram.Value.Seal ?? true, out _),
        ObjectOptions.MemoryBackendFile file => MemoryFile.Map(made.Id, file.Value),
        _ => null,
    };

    // Memory that another program left, or new memory to be left to one.
    private RamBlock Shared(string id, string name, ulong size, bool share, bool? isAllocated, bool sealsSize, out bool isNew)
    {
        SafeHandle? memory = cpr.Find(id);
        isNew = memory is null;
        if (memory is null)
        {
            memory = SharedMemory.Create(name, size, sealsSize, out int error)
                ?? throw new CommandLineException($"failed to create memfd: {Errno.Text(error)}");
            cpr.Save(id, memory);
        }
        else
        {
            CheckLength(id, memory, size);
        }

        bool isZeros = isNew;
        return Try(() => RamBlock.FromDescriptor(id, size, memory, share, isAllocated ?? false, isZeros));
    }

    private static void CheckLength(string id, SafeHandle memory, ulong size)
    {
        long length = Linux.Files.Seek(memory, 0, MemoryFile.FromEnd);
        if (length < 0 || (ulong)length >= size) return;
        memory.Dispose();
        throw MemoryFile.TooSmall(id, length, size);
    }

    private static RamBlock Anonymous(string id, ulong size, bool? isAllocated) =>
        Try(() => RamBlock.Anonymous(id, RoundUp(size), isAllocated ?? false));

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
