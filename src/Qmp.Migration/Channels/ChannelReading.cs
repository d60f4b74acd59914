using Qmp.Linux;

namespace Qmp.Migration.Channels;

/// <summary>Reads of a known length.</summary>
internal static class ChannelReading
{
    /// <summary>Fills memory.</summary>
    /// <returns>Whether there was enough; otherwise the channel has ended.</returns>
    /// <exception cref="ChannelException">The connection broke.</exception>
    public static async ValueTask<bool> ReadAllAsync(this IMigrationChannel channel, Memory<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            int read = await channel.ReadAsync(buffer);
            if (read == 0) return false;
            buffer = buffer[read..];
        }

        return true;
    }

    /// <summary>Fills pieces of memory.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="pieces">The pieces, which change meanwhile.</param>
    /// <returns>Whether there was enough; otherwise the channel has ended.</returns>
    /// <exception cref="ChannelException">The connection broke.</exception>
    public static async ValueTask<bool> ReadAllAsync(this IMigrationChannel channel, Memory<IoVector> pieces)
    {
        while (!pieces.IsEmpty)
        {
            nint read = await channel.ReadAsync(pieces);
            if (read == 0) return false;
            pieces = Advance(pieces, read);
        }

        return true;
    }

    private static Memory<IoVector> Advance(Memory<IoVector> pieces, nint bytes)
    {
        Span<IoVector> left = pieces.Span;
        int done = 0;
        while (done < left.Length && bytes >= left[done].Length) bytes -= left[done++].Length;
        if (bytes > 0) left[done] = new IoVector(left[done].Address + bytes, left[done].Length - bytes);
        return pieces[done..];
    }
}
