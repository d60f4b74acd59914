using Qmp.Machine.Memory;

namespace Qmp.Migration.Channels;

/// <summary>A piece of a stream of which only its length and the states of its pages exist.</summary>
/// <param name="Length">Bytes on the wire.</param>
/// <param name="First">The number of the first page, where pages follow each other as records.</param>
/// <param name="Count">How many pages.</param>
/// <param name="HeaderLength">Bytes of a record before its page.</param>
/// <param name="BodyLength">Bytes of a record's page; 1 for a page of zeros.</param>
/// <param name="States">What the pages hold.</param>
public sealed record CountedPiece(long Length, long First, int Count, int HeaderLength, int BodyLength, PageStates States)
{
    /// <summary>Bytes of a record.</summary>
    public int RecordLength => HeaderLength + BodyLength;
}
