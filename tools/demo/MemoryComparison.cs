namespace Demo;

/// <summary>Compares two memories that were saved to files.</summary>
internal static class MemoryComparison
{
    private const int Chunk = 1 << 20;

    /// <returns>The address of the first byte that differs, or <see langword="null"/> if none does.</returns>
    /// <exception cref="DemoException">The dumps do not have the expected length.</exception>
    public static long? FirstDifference(string left, string right, long length)
    {
        using FileStream a = File.OpenRead(left);
        using FileStream b = File.OpenRead(right);
        if (a.Length != length || b.Length != length)
        {
            throw new DemoException($"The saved memories are {a.Length} and {b.Length} bytes, not {length}.");
        }

        byte[] x = new byte[Chunk];
        byte[] y = new byte[Chunk];
        for (long at = 0; at < length;)
        {
            int count = a.ReadAtLeast(x, Chunk, throwOnEndOfStream: false);
            b.ReadExactly(y, 0, count);
            int same = x.AsSpan(0, count).CommonPrefixLength(y.AsSpan(0, count));
            if (same < count) return at + same;
            at += count;
        }

        return null;
    }
}
