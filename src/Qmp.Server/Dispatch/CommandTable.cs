using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Qmp.Server.Dispatch;

/// <summary>Finds commands by their names as they stand in a request, so that no text is made for the look-up.</summary>
/// <remarks>
/// Names of a schema are ASCII and few: a table of twice their number, probed one place after the other. A frozen
/// dictionary does the same for characters; where code is compiled ahead, a look-up in it takes four times as long.
/// </remarks>
internal sealed class CommandTable
{
    private readonly Entry[] _entries;

    public CommandTable(IReadOnlyList<RegisteredCommand> commands)
    {
        _entries = new Entry[BitOperations.RoundUpToPowerOf2((uint)(2 * commands.Count) + 1)];
        foreach (RegisteredCommand command in commands)
        {
            byte[] name = Encoding.ASCII.GetBytes(command.Descriptor.Name);
            _entries[Place(name)] = new Entry(name, command);
        }
    }

    /// <summary>The command of that name, or <see langword="null"/>.</summary>
    public RegisteredCommand? Find(ReadOnlySpan<byte> name) => _entries[Place(name)].Command;

    // Where the name is, or else would be. Names differ in their first and last characters, nearly always.
    private int Place(ReadOnlySpan<byte> name)
    {
        uint hash = (uint)name.Length;
        if (name.Length >= sizeof(uint))
        {
            hash += BinaryPrimitives.ReadUInt32LittleEndian(name) * 31;
            hash ^= BinaryPrimitives.ReadUInt32LittleEndian(name[^sizeof(uint)..]);
        }

        hash *= 0x9E3779B9;
        int mask = _entries.Length - 1;
        int place = (int)(hash >> 16) & mask;
        while (_entries[place].Name is { } other && !name.SequenceEqual(other)) place = (place + 1) & mask;
        return place;
    }

    private readonly record struct Entry(byte[] Name, RegisteredCommand Command);
}
