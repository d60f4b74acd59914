using Qmp.Machine.Memory;

namespace Qmp.Migration.Xbzrle;

/// <summary>Pages as they were sent last.</summary>
/// <param name="size">Bytes: a power of two, and at least a page.</param>
internal sealed class XbzrleCache(ulong size)
{
    private readonly XbzrlePlaces<byte[]> _places = new(size);

    /// <summary>Its size in bytes.</summary>
    public ulong Size => size;

    /// <summary>The page of an address as it was sent last, or nothing.</summary>
    /// <param name="address">The address.</param>
    /// <param name="age">How often the dirty log was synced.</param>
    /// <param name="page">The page, which may be changed.</param>
    /// <returns>Whether it is there.</returns>
    public bool TryGet(ulong address, long age, out Memory<byte> page)
    {
        bool isThere = _places.TryFind(address, age, out int place);
        page = isThere ? _places[place] : default(Memory<byte>);
        return isThere;
    }

    /// <summary>Keeps a page, unless one that is used is in its place.</summary>
    /// <param name="address">The address.</param>
    /// <param name="bytes">The page.</param>
    /// <param name="age">How often the dirty log was synced.</param>
    /// <param name="page">The page as it is kept.</param>
    /// <returns>Whether it is kept.</returns>
    public bool TryPut(ulong address, ReadOnlySpan<byte> bytes, long age, out Memory<byte> page)
    {
        page = default;
        if (!_places.TryTake(address, age, out int place)) return false;
        byte[] kept = _places[place] ??= GC.AllocateUninitializedArray<byte>(RamBlock.PageSize);
        bytes.CopyTo(kept);
        page = kept;
        return true;
    }
}
