using System.Text;
using Qmp.Protocol.Json;

namespace Qmp.Protocol.Visitors;

/// <summary>Finds the member that QEMU names when several members of an object are unexpected.</summary>
/// <remarks>
/// QEMU puts all keys of the object into a GLib hash table, takes out those that were read, and names the first one
/// left in the table. So this is a model of that table: open addressing with triangular probing, power-of-two sizes
/// with a prime modulus each, removed keys that occupy their place until the next resize.
/// </remarks>
internal sealed class LeftoverMember
{
    private const int MinShift = 3;

    private static ReadOnlySpan<int> Moduli =>
    [
        1, 2, 3, 7, 13, 31, 61, 127, 251, 509, 1021, 2039, 4093, 8191, 16381, 32749, 65521, 131071, 262139, 524287,
        1048573, 2097143,
    ];

    private string?[] _keys = new string?[1 << MinShift];
    private bool[] _occupied = new bool[1 << MinShift];
    private int _modulus = Moduli[MinShift];
    private int _keyCount;
    private int _occupiedCount;

    /// <summary>The member of a JSON object to name.</summary>
    /// <param name="members">All members in the order of the input.</param>
    /// <param name="read">Those that were read, in the order in which they were.</param>
    public static string Choose(IReadOnlyList<string> members, IEnumerable<string> read) =>
        ChooseInOrder([.. QDictOrder.Sort(members).Select(index => members[index])], read);

    /// <summary>The member to name where QEMU fills its table in the order of the input.</summary>
    /// <inheritdoc cref="Choose" path="/param"/>
    public static string ChooseInOrder(IReadOnlyList<string> members, IEnumerable<string> read)
    {
        var table = new LeftoverMember();
        foreach (string member in members) table.Insert(member);
        foreach (string name in read) table.Remove(name);
        return Array.Find(table._keys, key => key is not null) ?? members[0];
    }

    private void Insert(string key)
    {
        int index = Probe(Start(key), i => _occupied[i]);
        _keys[index] = key;
        _occupied[index] = true;
        _keyCount++;
        _occupiedCount++;
        ResizeIfDue();
    }

    private void Remove(string key)
    {
        int index = Probe(Start(key), i => _occupied[i] && _keys[i] != key);
        if (_keys[index] is null) return;
        _keys[index] = null;
        _keyCount--;
        ResizeIfDue();
    }

    private int Start(string key) => (int)(Hash(key) * 11 % (uint)_modulus);

    private int Probe(int index, Predicate<int> goesOn)
    {
        for (int step = 1; goesOn(index); step++) index = (index + step) & (_keys.Length - 1);
        return index;
    }

    private void ResizeIfDue()
    {
        int size = _keys.Length;
        bool tooLarge = size > 4 * _keyCount && size > 1 << MinShift;
        bool tooFull = size <= _occupiedCount + (_occupiedCount / 16);
        if (tooLarge || tooFull) Resize();
    }

    private void Resize()
    {
        int shift = Math.Max(MinShift, int.Log2(Math.Max(1, (int)(_keyCount * 1.333))) + 1);
        int size = 1 << shift;
        string?[] keys = _keys;
        _modulus = Moduli[shift];
        _occupiedCount = _keyCount;

        // The table grows before and shrinks after its keys move. They move in place: one that lands on a key which
        // has not moved yet pushes it out, and that one moves next.
        int oldSize = keys.Length;
        if (size > oldSize) Array.Resize(ref keys, size);
        _keys = keys;
        var moved = new bool[keys.Length];
        int mask = size - 1;
        for (int i = 0; i < oldSize; i++)
        {
            if (moved[i] || keys[i] is not { } key) continue;
            keys[i] = null;
            for (string? pushed = key; pushed is not null;)
            {
                int target = Start(pushed);
                for (int step = 1; moved[target]; step++) target = (target + step) & mask;
                moved[target] = true;
                (keys[target], pushed) = (pushed, keys[target]);
            }
        }

        if (size < oldSize) Array.Resize(ref keys, size);
        _keys = keys;
        _occupied = Array.ConvertAll(keys, k => k is not null);
    }

    /// <summary>GLib's string hash over the bytes as signed characters; 0 and 1 are reserved.</summary>
    private static uint Hash(string key)
    {
        uint hash = 5381;
        foreach (byte octet in Encoding.UTF8.GetBytes(key))
        {
            // U+0000 is held as C0 80.
            if (octet == 0) hash = Mix(Mix(hash, 0xC0), 0x80);
            else hash = Mix(hash, octet);
        }

        return Math.Max(hash, 2);
    }

    private static uint Mix(uint hash, byte octet) => unchecked((hash * 33) + (uint)(sbyte)octet);
}
