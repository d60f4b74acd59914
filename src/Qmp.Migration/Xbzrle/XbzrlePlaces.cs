using Qmp.Machine.Memory;

namespace Qmp.Migration.Xbzrle;

/// <summary>Where a cache of pages keeps which. A page has one place, which it shares with others; the older one goes.</summary>
/// <typeparam name="T">What is kept of a page.</typeparam>
/// <param name="size">Bytes of the pages: a power of two, and at least a page.</param>
internal sealed class XbzrlePlaces<T>(ulong size)
    where T : class
{
    /// <summary>A page is not displaced before so many syncs of the dirty log.</summary>
    private const int Lifetime = 2;

    private readonly Entry[] _items = new Entry[size / RamBlock.PageSize];

    /// <summary>Bytes of the pages.</summary>
    public ulong Size => size;

    /// <summary>What is kept at a place; <see langword="null"/> if nothing has been yet.</summary>
    public ref T? this[int place] => ref _items[place].Page;

    /// <summary>The place of a page that is there.</summary>
    /// <param name="address">The page's address.</param>
    /// <param name="age">How often the dirty log was synced.</param>
    /// <param name="place">The place.</param>
    /// <returns>Whether it is there.</returns>
    public bool TryFind(ulong address, long age, out int place)
    {
        place = PlaceOf(address);
        ref Entry item = ref _items[place];
        if (item.Page is null || item.Address != address) return false;
        item.Age = age;
        return true;
    }

    /// <summary>The place where a page may be kept, unless one that is used is there.</summary>
    /// <param name="address">The page's address.</param>
    /// <param name="age">How often the dirty log was synced.</param>
    /// <param name="place">The place, which is the page's from then on.</param>
    /// <returns>Whether it may be kept.</returns>
    public bool TryTake(ulong address, long age, out int place)
    {
        place = PlaceOf(address);
        ref Entry item = ref _items[place];
        if (item.Page is not null && item.Address != address && item.Age + Lifetime > age) return false;
        item.Address = address;
        item.Age = age;
        return true;
    }

    private int PlaceOf(ulong address) => (int)(address / RamBlock.PageSize & (ulong)(_items.Length - 1));

    private struct Entry
    {
        public T? Page;
        public ulong Address;
        public long Age;
    }
}
