using Qmp.Machine.Memory;
using Qmp.Simulation.Text;
using Qmp.Types;

namespace Qmp.Simulation.Guests;

/// <summary>What is in a guest's memory before it runs.</summary>
internal static class GuestContents
{
    /// <summary>A page full of noise that nobody has written since.</summary>
    public static readonly PageState Noise = new(PageKind.Of(100), 0);

    /// <summary>Puts it there.</summary>
    /// <param name="memory">The memory.</param>
    /// <param name="parts">What lies in it from its start.</param>
    /// <param name="noise">Bytes of noise at its end.</param>
    /// <exception cref="ScenarioException">It is too much.</exception>
    public static void Load(GuestMemory memory, IReadOnlyList<ScenarioContents> parts, ulong noise)
    {
        if (memory.Visible.Select(v => v.Block).FirstOrDefault() is not { } block) return;
        long page = 0;
        foreach (ScenarioContents part in parts)
        {
            if (part.Fill > 100) throw new ScenarioException("Parameter 'fill' of the contents expects at most 100 percent");
            long count = (long)Math.Min(part.Size / RamBlock.PageSize, (ulong)block.Pages + 1);
            if (page + count > block.Pages) throw new ScenarioException("Parameter 'contents' expects parts that fit into memory");
            if (part.Fill != 0) block.Load(page, count, new PageState(PageKind.Of(part.Fill ?? 100), 0));
            page += count;
        }

        long first = (long)((block.Length - noise) / RamBlock.PageSize);
        if (first < block.Pages) block.Load(first, block.Pages - first, Noise);
    }
}
