using Qmp.Migration.Channels;
using Qmp.Migration.Status;
using Qmp.Migration.Stream;

namespace Qmp.Migration.Ram;

/// <summary>Takes records of which only the length exists out of a stream, reading on where stored ones would have to.</summary>
internal static class CountedRecords
{
    /// <summary>Takes all records that are here whole, or else waits for the next.</summary>
    /// <param name="reader">The stream, which is at the beginning of a record whose header is here.</param>
    /// <param name="piece">The piece that it belongs to.</param>
    /// <param name="taken">How many of its bytes have been taken.</param>
    /// <returns>The place in the piece of the first that was taken, and how many were.</returns>
    /// <exception cref="LoadException">The stream ends in it.</exception>
    public static async ValueTask<(int From, int Count)> TakeAsync(MigrationReader reader, CountedPiece piece, long taken)
    {
        int from = (int)(taken / piece.RecordLength);
        int count = Math.Min(piece.Count - from, reader.Available / piece.RecordLength);
        if (count > 0)
        {
            reader.Skip(count * piece.RecordLength);
            return (from, count);
        }

        reader.Skip(piece.HeaderLength);
        await reader.NeedAsync(piece.BodyLength);
        if (reader.Available < piece.BodyLength) throw new LoadException(Errno.InputOutput);
        reader.Skip(piece.BodyLength);
        return (from, 1);
    }
}
