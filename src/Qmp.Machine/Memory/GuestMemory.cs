namespace Qmp.Machine.Memory;

/// <summary>The machine's RAM blocks and where the guest sees them.</summary>
/// <remarks>
/// <see cref="ReadAsync"/> and <see cref="WriteAsync"/> are the one door for guests, and for all who touch memory in their
/// place while the machine lives: a page that a migration keeps back is waited for there.
/// </remarks>
public sealed class GuestMemory : IDisposable
{
    private volatile Mapping[] _mappings = []; // replaced as a whole: a guest may be looking
    private volatile bool _isAbandoned;

    /// <summary>The blocks in the order in which a migration sends them.</summary>
    public IReadOnlyList<RamBlock> Blocks { get; private set; } = [];

    /// <summary>The blocks that the guest sees, each with the address where it begins.</summary>
    public IEnumerable<(ulong Start, RamBlock Block)> Visible => _mappings.Select(m => (m.Start, m.Block));

    /// <summary>Bytes of all blocks.</summary>
    public ulong TotalLength { get; private set; }

    /// <summary>Whether the machine ends before all of its memory has come: what is read of it means nothing any more.</summary>
    public bool IsAbandoned => _isAbandoned;

    /// <summary>What has yet to come will not, because the machine ends. Done before the gates are taken away.</summary>
    public void Abandon() => _isAbandoned = true;

    /// <summary>Adds a block that the guest sees at <paramref name="address"/>. No migration is under way.</summary>
    public void Map(RamBlock block, ulong address)
    {
        _mappings = [.. _mappings, new Mapping(address, block)];
        Add(block);
    }

    /// <summary>Takes a block away again; the caller disposes of it. No migration is under way.</summary>
    public void Unmap(RamBlock block)
    {
        _mappings = [.. _mappings.Where(mapping => mapping.Block != block)];
        Blocks = [.. Blocks.Where(other => other != block)];
        TotalLength -= block.Length;
    }

    /// <summary>Adds a block that the guest does not see. Done before the machine starts.</summary>
    public void Add(RamBlock block)
    {
        Blocks = [.. Blocks, block];
        TotalLength += block.Length;
    }

    /// <summary>The block of that name, or <see langword="null"/>.</summary>
    public RamBlock? Find(ReadOnlySpan<char> id)
    {
        foreach (RamBlock block in Blocks)
        {
            if (id.SequenceEqual(block.Id)) return block;
        }

        return null;
    }

    /// <summary>How much RAM of one block lies at and above <paramref name="address"/>; 0 if there is none.</summary>
    public ulong LengthFrom(ulong address)
    {
        (RamBlock? block, ulong offset, _) = Translate(address, 1);
        return block is null ? 0 : block.Length - offset;
    }

    /// <summary>Reads guest-physical memory; where there is no RAM it reads as zeros.</summary>
    /// <param name="address">Where to begin.</param>
    /// <param name="data">Gets the bytes.</param>
    /// <returns>Done at once unless a page is kept back by its <see cref="RamBlock.Gate"/>.</returns>
    public ValueTask ReadAsync(ulong address, Memory<byte> data)
    {
        while (!data.IsEmpty)
        {
            (RamBlock? block, ulong offset, int length) = Translate(address, data.Length);
            if (block?.FirstClosed(offset, length, writes: false) is { } page and >= 0)
            {
                return ReadLaterAsync(block, page, address, data);
            }

            Read(block, offset, data.Span[..length]);
            data = data[length..];
            address += (ulong)length;
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>Writes guest-physical memory; where there is no RAM the bytes are dropped.</summary>
    /// <param name="address">Where to begin.</param>
    /// <param name="data">The bytes; they stay as they are until the task is done.</param>
    /// <returns>Done at once unless a page is kept back by its <see cref="RamBlock.Gate"/>.</returns>
    public ValueTask WriteAsync(ulong address, ReadOnlyMemory<byte> data)
    {
        while (!data.IsEmpty)
        {
            (RamBlock? block, ulong offset, int length) = Translate(address, data.Length);
            if (block?.FirstClosed(offset, length, writes: true) is { } page and >= 0)
            {
                return WriteLaterAsync(block, page, address, data);
            }

            block?.Write(offset, data.Span[..length]);
            data = data[length..];
            address += (ulong)length;
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>Whether an access can be made at once. If not, <see cref="WaitAsync"/> waits until it can.</summary>
    /// <param name="address">Where it begins.</param>
    /// <param name="length">Its bytes.</param>
    /// <param name="writes">Whether it is a write.</param>
    public bool IsOpen(ulong address, int length, bool writes)
    {
        while (length > 0)
        {
            (RamBlock? block, ulong offset, int piece) = Translate(address, length);
            if (block?.FirstClosed(offset, piece, writes) >= 0) return false;
            address += (ulong)piece;
            length -= piece;
        }

        return true;
    }

    /// <summary>Returns when an access can be made.</summary>
    /// <inheritdoc cref="IsOpen" path="/param"/>
    public async ValueTask WaitAsync(ulong address, int length, bool writes)
    {
        while (length > 0)
        {
            (RamBlock? block, ulong offset, int piece) = Translate(address, length);
            while (block is not null && block.FirstClosed(offset, piece, writes) is var page and >= 0)
            {
                if (block.Gate is { } gate) await gate.WaitAsync(page);
            }

            address += (ulong)piece;
            length -= piece;
        }
    }

    /// <summary>The block that the guest sees at an address, and where it begins; <see langword="null"/> if there is none.</summary>
    public (RamBlock Block, ulong Start)? At(ulong address)
    {
        (RamBlock? block, ulong offset, _) = Translate(address, 1);
        return block is null ? null : (block, address - offset);
    }

    /// <summary>Writes a page of a block whose bytes a model knows.</summary>
    /// <param name="block">The block.</param>
    /// <param name="page">The page's number in it.</param>
    /// <param name="state">What it holds from then on.</param>
    /// <returns>Done at once unless the page is kept back by the block's <see cref="RamBlock.Gate"/>.</returns>
    public static ValueTask StampAsync(RamBlock block, long page, PageState state)
    {
        if (block.Gate is { } gate && gate.Closed[page]) return StampLaterAsync(block, gate, page, state);
        block.Stamp(page, state);
        return ValueTask.CompletedTask;
    }

    /// <summary>Looks at guest-physical memory from outside: as it is, whatever its gates say.</summary>
    public void Peek(ulong address, Span<byte> data)
    {
        while (!data.IsEmpty)
        {
            (RamBlock? block, ulong offset, int length) = Translate(address, data.Length);
            Read(block, offset, data[..length]);
            data = data[length..];
            address += (ulong)length;
        }
    }

    /// <summary>Puts bytes into guest-physical memory before the machine starts.</summary>
    public void Load(ulong address, ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty)
        {
            (RamBlock? block, ulong offset, int length) = Translate(address, data.Length);
            block?.Load(offset, data[..length]);
            data = data[length..];
            address += (ulong)length;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (RamBlock block in Blocks) block.Dispose();
    }

    private static void Read(RamBlock? block, ulong offset, Span<byte> data)
    {
        if (block is null) data.Clear();
        else block.Peek(offset, data.Length).CopyTo(data);
    }

    private async ValueTask ReadLaterAsync(RamBlock block, long page, ulong address, Memory<byte> data)
    {
        if (block.Gate is { } gate) await gate.WaitAsync(page);
        await ReadAsync(address, data);
    }

    private async ValueTask WriteLaterAsync(RamBlock block, long page, ulong address, ReadOnlyMemory<byte> data)
    {
        if (block.Gate is { } gate) await gate.WaitAsync(page);
        await WriteAsync(address, data);
    }

    /// <summary>Does so where no gate is.</summary>
    /// <param name="block">The block.</param>
    /// <param name="page">The page's number in it.</param>
    /// <param name="state">What it holds from then on.</param>
    public static void Stamp(RamBlock block, long page, PageState state)
    {
        if (block.Gate is not null) throw new InvalidOperationException("a gate has to be asked");
        block.Stamp(page, state);
    }

    private static async ValueTask StampLaterAsync(RamBlock block, PageGate gate, long page, PageState state)
    {
        await gate.WaitAsync(page);
        await StampAsync(block, page, state);
    }

    // The piece of at most `wanted` bytes from `address` that lies in one block, or in none.
    private (RamBlock? Block, ulong Offset, int Length) Translate(ulong address, int wanted)
    {
        ulong length = (ulong)Math.Min(wanted, RamBlock.MaxSpan);
        foreach ((ulong start, RamBlock block) in _mappings)
        {
            if (address >= start && address - start < block.Length)
            {
                return (block, address - start, (int)Math.Min(length, block.Length - (address - start)));
            }

            if (address < start) length = Math.Min(length, start - address);
        }

        return (null, 0, (int)length);
    }

    private readonly record struct Mapping(ulong Start, RamBlock Block);
}
