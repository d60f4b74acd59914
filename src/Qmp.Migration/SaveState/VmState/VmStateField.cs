using Qmp.Migration.Stream;

namespace Qmp.Migration.SaveState.VmState;

/// <summary>One field of a device's state: fixed size, no tag, no padding.</summary>
public abstract class VmStateField
{
    private protected VmStateField(string name, string type, int size)
    {
        Name = name;
        Type = type;
        Size = size;
    }

    /// <summary>The name that messages and the vmdesc show.</summary>
    public string Name { get; }

    /// <summary>The type that the vmdesc shows.</summary>
    public string Type { get; }

    /// <summary>Bytes in the stream, at most 1 KiB.</summary>
    public int Size { get; }

    /// <summary>A signed 64-bit number.</summary>
    public static VmStateField Int64(string name, Func<long> get, Action<long> set) =>
        new Number(name, "int64", 8, () => (ulong)get(), value => set((long)value));

    /// <summary>An unsigned 32-bit number.</summary>
    public static VmStateField UInt32(string name, Func<uint> get, Action<uint> set) =>
        new Number(name, "uint32", 4, () => get(), value => set((uint)value));

    /// <summary>An unsigned byte.</summary>
    public static VmStateField UInt8(string name, Func<byte> get, Action<byte> set) =>
        new Number(name, "uint8", 1, () => get(), value => set((byte)value));

    /// <summary>Raw bytes; <paramref name="get"/> fills a span of <paramref name="size"/> zeros.</summary>
    public static VmStateField Buffer(string name, int size, SpanAction get, ReadOnlySpanAction set) =>
        new Bytes(name, "buffer", size, get, set);

    /// <summary>Zeros that mean nothing any more.</summary>
    /// <param name="size">Bytes.</param>
    /// <param name="type">What the vmdesc shows; QEMU has two words for it.</param>
    public static VmStateField Unused(int size, string type = "unused_buffer") =>
        new Bytes("unused", type, size, _ => { }, _ => { });

    /// <summary>Fills bytes to be saved.</summary>
    public delegate void SpanAction(Span<byte> bytes);

    /// <summary>Takes bytes that were loaded.</summary>
    public delegate void ReadOnlySpanAction(ReadOnlySpan<byte> bytes);

    internal abstract void Save(MigrationWriter writer);

    internal abstract void Load(ReadOnlySpan<byte> bytes);

    private sealed class Number(string name, string type, int size, Func<ulong> get, Action<ulong> set)
        : VmStateField(name, type, size)
    {
        internal override void Save(MigrationWriter writer)
        {
            ulong value = get();
            for (int shift = 8 * (Size - 1); shift >= 0; shift -= 8) writer.PutByte((byte)(value >> shift));
        }

        internal override void Load(ReadOnlySpan<byte> bytes)
        {
            ulong value = 0;
            foreach (byte b in bytes) value = value << 8 | b;
            set(value);
        }
    }

    private sealed class Bytes(string name, string type, int size, SpanAction get, ReadOnlySpanAction set)
        : VmStateField(name, type, size)
    {
        internal override void Save(MigrationWriter writer)
        {
            Span<byte> bytes = stackalloc byte[Size];
            bytes.Clear();
            get(bytes);
            writer.PutBytes(bytes);
        }

        internal override void Load(ReadOnlySpan<byte> bytes) => set(bytes);
    }
}
