using Qmp.Linux;

namespace Qmp.Migration.Channels;

/// <summary>A file in which every place can be written and read; a port of the migration core.</summary>
/// <remarks>On a real file the calls block the calling thread and return completed tasks.</remarks>
public interface IPageFile : IDisposable
{
    /// <summary>Writes all bytes of all pieces, one behind the other.</summary>
    /// <param name="pieces">The pieces.</param>
    /// <param name="offset">Where the first goes, in bytes from the start of the file.</param>
    /// <exception cref="ChannelException">They cannot be written.</exception>
    ValueTask WriteAtAsync(ReadOnlyMemory<IoVector> pieces, long offset);

    /// <summary>Reads at least one byte, and at most as many as fit.</summary>
    /// <param name="pieces">Where they go.</param>
    /// <param name="offset">Where they are, in bytes from the start of the file.</param>
    /// <returns>How many were read; 0 at the end.</returns>
    /// <exception cref="ChannelException">They cannot be read.</exception>
    ValueTask<long> ReadAtAsync(ReadOnlyMemory<IoVector> pieces, long offset);
}

/// <summary>A stream in a file, which can go on at any place.</summary>
public interface ISeekableChannel : IMigrationChannel, IPageFile
{
    /// <summary>Where the stream is, in bytes from the start of the file.</summary>
    long Position { get; set; }
}
