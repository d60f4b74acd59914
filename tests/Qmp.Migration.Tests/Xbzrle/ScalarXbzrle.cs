namespace Qmp.Migration.Tests.Xbzrle;

/// <summary>Differences between pages byte by byte, as the format's description has them, for comparison.</summary>
internal static class ScalarXbzrle
{
    /// <summary>The difference, or <see langword="null"/> if it takes more than <paramref name="room"/>.</summary>
    public static byte[]? Encode(byte[] before, byte[] after, int room)
    {
        var result = new List<byte>();
        for (int at = 0; at < after.Length;)
        {
            int equal = 0;
            while (at + equal < after.Length && before[at + equal] == after[at + equal]) equal++;
            if (equal == after.Length) return [];
            if (result.Count + 2 > room) return null;
            at += equal;
            if (at == after.Length) break;
            PutLength(result, equal);
            if (result.Count + 2 > room) return null;
            int different = 0;
            while (at + different < after.Length && before[at + different] != after[at + different]) different++;
            PutLength(result, different);
            if (result.Count + different > room) return null;
            result.AddRange(after[at..(at + different)]);
            at += different;
        }

        return [.. result];
    }

    private static void PutLength(List<byte> result, int length)
    {
        if (length > 127)
        {
            result.Add((byte)(128 + (length % 128)));
            length /= 128;
        }

        result.Add((byte)length);
    }
}
