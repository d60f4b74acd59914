using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Qmp.Migration.Channels;
using Qmp.Server.Dispatch;
using Qmp.Types;

namespace Qmp.Emulator.Files;

/// <summary>Sets of descriptors, which files are opened from as <c>/dev/fdset/N</c>.</summary>
public sealed class DescriptorSets : IDisposable
{
    private const int Kind = 0x4003; // O_ACCMODE | O_DIRECT

    private readonly Lock _gate = new();
    private readonly SortedDictionary<long, List<Entry>> _sets = []; // guarded by _gate

    /// <summary>Adds a descriptor.</summary>
    /// <param name="descriptor">The descriptor, which is this object's from now on.</param>
    /// <param name="set">The set's number, or <see langword="null"/> for a set of its own.</param>
    /// <param name="opaque">What the client wants to remember.</param>
    /// <exception cref="CommandException">The number is negative.</exception>
    public AddfdInfo Add(int descriptor, long? set, string? opaque)
    {
        var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        if (set is < 0)
        {
            handle.Dispose();
            throw new CommandException("Parameter 'fdset-id' expects a non-negative value");
        }

        lock (_gate)
        {
            long number = set ?? FirstFree();
            if (!_sets.TryGetValue(number, out List<Entry>? entries)) _sets.Add(number, entries = []);
            entries.Add(new Entry(handle, descriptor, opaque));
            return new AddfdInfo { FdsetId = number, Fd = descriptor };
        }
    }

    /// <summary>Closes one descriptor of a set, or all of them.</summary>
    /// <exception cref="CommandException">The set does not exist, or has no such descriptor.</exception>
    public void Remove(long set, long? descriptor)
    {
        lock (_gate)
        {
            if (!_sets.TryGetValue(set, out List<Entry>? entries)) throw NotFound(set, descriptor);
            if (entries.RemoveAll(e => (descriptor is null || e.Number == descriptor) && Close(e)) == 0)
            {
                throw NotFound(set, descriptor);
            }

            if (entries.Count == 0) _sets.Remove(set);
        }
    }

    /// <summary>Lists all sets, the highest number first, as QEMU does.</summary>
    public IReadOnlyList<FdsetInfo> List()
    {
        lock (_gate)
        {
            return
            [
                .. _sets.Reverse().Select(s => new FdsetInfo
                {
                    FdsetId = s.Key,
                    Fds = [.. s.Value.Select(e => new FdsetFdInfo { Fd = e.Number, Opaque = e.Opaque })],
                }),
            ];
        }
    }

    /// <summary>Duplicates a descriptor that was opened for reading, for writing, or for both, as is wanted.</summary>
    /// <param name="set">The set's number.</param>
    /// <param name="flags">The flags of <c>open(2)</c> that a file would be opened with.</param>
    /// <exception cref="ChannelException">
    /// The set does not exist, or none of its descriptors fits; the message is QEMU's.
    /// </exception>
    public int Duplicate(long set, int flags)
    {
        lock (_gate)
        {
            if (!_sets.TryGetValue(set, out List<Entry>? entries))
            {
                throw new ChannelException(string.Create(CultureInfo.InvariantCulture, $"Failed to find fdset /dev/fdset/{set}"));
            }

            Entry found = entries.Find(e => ((Linux.Files.GetFlags(e.Handle) ^ flags) & Kind) == 0)
                ?? throw new ChannelException($"Failed to find file descriptor with matching flags=0x{flags:x}");
            return Linux.Files.Duplicate(found.Handle) is var duplicate and >= 0
                ? duplicate
                : throw new ChannelException(
                    string.Create(CultureInfo.InvariantCulture, $"Failed to dup() given file descriptor fd={found.Number}"));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            foreach (Entry entry in _sets.Values.SelectMany(s => s)) entry.Handle.Dispose();
            _sets.Clear();
        }
    }

    private static bool Close(Entry entry)
    {
        entry.Handle.Dispose();
        return true;
    }

    private static CommandException NotFound(long set, long? descriptor)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"fdset-id:{set}");
        if (descriptor is not null) name += string.Create(CultureInfo.InvariantCulture, $", fd:{descriptor}");
        return new CommandException($"File descriptor named '{name}' not found");
    }

    private long FirstFree()
    {
        long number = 0;
        foreach (long used in _sets.Keys)
        {
            if (used > number) break;
            number = used + 1;
        }

        return number;
    }

    private sealed record Entry(SafeFileHandle Handle, int Number, string? Opaque);
}
