using Qmp.Protocol.Visitors.Text;
using Qmp.Types;

namespace Qmp.Emulator.Options;

/// <summary>What several <c>-m</c> mean together.</summary>
internal static class MemoryArguments
{
    /// <summary>Bytes of memory; <see langword="null"/> for the machine type's default.</summary>
    /// <exception cref="CommandLineException">
    /// The size is too large, or <c>slots</c> and <c>maxmem</c> do not fit it.
    /// </exception>
    public static ulong? Size(IReadOnlyList<OptionValue<MemoryOptions>> given)
    {
        ulong? size = null;
        ulong? slots = null;
        ulong? most = null;
        foreach (OptionValue<MemoryOptions> memory in given)
        {
            size = Size(memory) ?? size;
            slots = memory.Value.Slots ?? slots;
            most = memory.Value.Maxmem ?? most;
        }

        if (slots is not null && most is null) throw new CommandLineException("slots specified but no max-size");
        if (most < size)
        {
            throw new CommandLineException(
                $"invalid value of maxmem: maximum memory size (0x{most:x}) must be at least "
                + $"the initial memory size (0x{size:x})");
        }

        return size;
    }

    /// <summary>How many slots there are for more memory, and how much there may be in all.</summary>
    public static (long Slots, ulong Most) Extra(GivenOptions given)
    {
        IReadOnlyList<OptionValue<MemoryOptions>> all = given.All(OptionTable.Memory);
        ulong slots = all.LastOrDefault(m => m.Value.Slots is not null)?.Value.Slots ?? 0;
        return ((long)Math.Min(slots, int.MaxValue), all.LastOrDefault(m => m.Value.Maxmem is not null)?.Value.Maxmem ?? 0);
    }

    private static ulong? Size(OptionValue<MemoryOptions> memory)
    {
        if (memory.Value.Size is not ({ } size and > 0)) return null;

        // A number without suffix is one of bytes to the reader of options, but means mebibytes.
        string words = OptionList.Parse(memory.Text, "size")["size"]!;
        if (char.IsAsciiDigit(words[^1]) && SizeText.Parse(words + "M", out size) != NumberOutcome.Valid)
        {
            throw new CommandLineException("Parameter 'memory.size' expects size");
        }

        return size;
    }
}
