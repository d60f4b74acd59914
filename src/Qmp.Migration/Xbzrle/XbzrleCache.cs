using Qmp.Machine.Memory;

namespace Qmp.Migration.Xbzrle;

/// <summary>Pages as they were sent last. A page has one place, which it shares with others; the older one goes.</summary>
/// <param name="size">Bytes: a power of two, and at least a page.</param>
internal sealed class XbzrleCache(ulong size)
{
    /// <summary>A page is not displaced before so many syncs of the dirty log.</summary>
    private const int Lifetime = 2;

    private readonly Item?[] _items = new Item?[size / RamBlock.PageSize];

    /// <summary>Its size in bytes.</summary>
    public ulong Size => size;

    /// <summary>The page of an address as it was sent last, or nothing.</summary>
    /// <param name="address">The address.</param>
    /// <param name="age">How often the dirty log was synced.</param>
    /// <param name="page">The page, which may be changed.</param>
    /// <returns>Whether it is there.</returns>
    public bool TryGet(ulong address, long age, out Memory<byte> page)
    {
        page = default;
        if (_items[PlaceOf(address)] is not { } item || item.Address != address) return false;
        item.Age = age;
        page = item.Bytes;
        return true;
    }

    /// <summary>Keeps a page, unless one that is used is in its place.</summary>
    /// <param name="address">The address.</param>
    /// <param name="bytes">The page.</param>
    /// <param name="age">How often the dirty log was synced.</param>
    /// <param name="page">The page as it is kept.</param>
    /// <returns>Whether it is kept.</returns>
    public bool TryPut(ulong address, ReadOnlySpan<byte> bytes, long age, out Memory<byte> page)
    {
        ref Item? item = ref _items[PlaceOf(address)];
        page = default;
        if (item is not null && item.Address != address && item.Age + Lifetime > age) return false;
        item ??= new Item();
        item.Address = address;
        item.Age = age;
        bytes.CopyTo(item.Bytes);
        page = item.Bytes;
        return true;
    }

    private int PlaceOf(ulong address) => (int)(address / RamBlock.PageSize & (ulong)(_items.Length - 1));

    private sealed class Item
    {
        public byte[] Bytes { get; } = GC.AllocateUninitializedArray<byte>(RamBlock.PageSize);

        public ulong Address { get; set; }

        public long Age { get; set; }
    }
}
