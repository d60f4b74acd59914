using Qmp.Linux;
using Qmp.Machine.Memory;
using Qmp.Migration.Multifd.Packets;

namespace Qmp.Migration.Multifd.Compression;

/// <summary>Makes the bytes that follow a packet of its pages. It belongs to one channel.</summary>
internal interface IPageCompressor : IDisposable
{
    /// <summary>What packets say of it.</summary>
    MultifdFlags Flag { get; }

    /// <summary>Whether the pieces are the pages themselves, and not memory that the next call changes.</summary>
    bool SendsPages { get; }

    /// <summary>Adds pages to what is sent.</summary>
    /// <param name="block">Their block.</param>
    /// <param name="offsets">Where they begin, in bytes; at least one.</param>
    /// <param name="pieces">Gets the pieces, behind those that are there. They stay in place until the next call.</param>
    /// <param name="count">How many pieces there are.</param>
    /// <returns>How many bytes were added.</returns>
    uint Compress(RamBlock block, ReadOnlySpan<ulong> offsets, Span<IoVector> pieces, ref int count);
}
