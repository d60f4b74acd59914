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

    /// <summary>Bytes in the stream, at most 1 KiB; of each element, if there are several.</summary>
    public int Size { get; }

    /// <summary>How many there are in a row; <see langword="null"/> for one that is no array.</summary>
    public int? Count { get; private init; }

    /// <summary>What it consists of, if it is a structure; of an array, what each element does.</summary>
    internal VmStateStructure? Structure { get; private init; }

    /// <summary>Bytes in the stream, of all elements.</summary>
    internal int Length => Size * (Count ?? 1);

    /// <summary>A signed 64-bit number.</summary>
    public static VmStateField Int64(string name, Func<long> get, Action<long> set) =>
        new Number(name, "int64", 8, () => (ulong)get(), value => set((long)value));

    /// <summary>A signed 32-bit number.</summary>
    public static VmStateField Int32(string name, Func<int> get, Action<int> set) =>
        new Number(name, "int32", 4, () => (uint)get(), value => set((int)value));

    /// <summary>An unsigned 64-bit number.</summary>
    public static VmStateField UInt64(string name, Func<ulong> get, Action<ulong> set) =>
        new Number(name, "uint64", 8, get, set);

    /// <summary>An unsigned 16-bit number.</summary>
    public static VmStateField UInt16(string name, Func<ushort> get, Action<ushort> set) =>
        new Number(name, "uint16", 2, () => get(), value => set((ushort)value));

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

    /// <summary>Several of a kind in a row.</summary>
    /// <param name="name">The name of all.</param>
    /// <param name="count">How many.</param>
    /// <param name="element">Makes the field of each.</param>
    public static VmStateField Array(string name, int count, Func<int, VmStateField> element)
    {
        VmStateField[] elements = [.. Enumerable.Range(0, count).Select(element)];
        return new Group(name, elements[0].Type, elements[0].Size, elements) { Count = count, Structure = elements[0].Structure };
    }

    /// <summary>A structure.</summary>
    /// <param name="name">The name.</param>
    /// <param name="structure">The name and version of its description.</param>
    /// <param name="fields">What it consists of.</param>
    /// <param name="isTemporary">Whether QEMU makes it only to be saved, which the vmdesc shows.</param>
    public static VmStateField Struct(
        string name, (string Name, int Version) structure, IReadOnlyList<VmStateField> fields, bool isTemporary = false) =>
        new Group(name, isTemporary ? "tmp" : "struct", fields.Sum(f => f.Length), fields)
        {
            Structure = new VmStateStructure(structure.Name, structure.Version, fields),
        };

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

    private sealed class Group(string name, string type, int size, IReadOnlyList<VmStateField> fields) : VmStateField(name, type, size)
    {
        internal override void Save(MigrationWriter writer)
        {
            foreach (VmStateField field in fields) field.Save(writer);
        }

        internal override void Load(ReadOnlySpan<byte> bytes)
        {
            foreach (VmStateField field in fields)
            {
                field.Load(bytes[..field.Length]);
                bytes = bytes[field.Length..];
            }
        }
    }
}
