using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Qmp.Migration.Xbzrle;

/// <summary>
/// The difference between two versions of a page: how many bytes are equal, how many are not, those bytes, and so on. A
/// length takes 7 bits of a byte, or 14 of two.
/// </summary>
internal static class XbzrleCodec
{
    /// <summary>The difference takes more room than there is.</summary>
    public const int Overflow = -1;

    private const int ByteLimit = 0x80;
    private const int LengthBits = 7;
    private const int MaxLengthOfLength = 2;

    /// <summary>Writes the difference.</summary>
    /// <param name="before">The older version.</param>
    /// <param name="after">The newer one, of the same length.</param>
    /// <param name="target">Room for the difference.</param>
    /// <returns>Its length; 0 if there is none, or <see cref="Overflow"/>.</returns>
    public static int Encode(ReadOnlySpan<byte> before, ReadOnlySpan<byte> after, Span<byte> target)
    {
        int written = 0;
        int at = 0;
        while (at < after.Length)
        {
            if (written + MaxLengthOfLength > target.Length) return Overflow;
            int equal = before[at..].CommonPrefixLength(after[at..]);
            if (equal == after.Length) return 0;
            at += equal;
            if (at == after.Length) return written; // equal to the end: left out
            written += PutLength(target[written..], equal);
            if (written + MaxLengthOfLength > target.Length) return Overflow;
            int different = DifferentPrefixLength(before[at..], after[at..]);
            written += PutLength(target[written..], different);
            if (written + different > target.Length) return Overflow;
            after.Slice(at, different).CopyTo(target[written..]);
            written += different;
            at += different;
        }

        return written;
    }

    /// <summary>Makes the newer version of the older one.</summary>
    /// <param name="source">The difference.</param>
    /// <param name="page">The older version, which becomes the newer one.</param>
    /// <returns>Whether it was a difference of such pages. If not, the page may have changed in part.</returns>
    public static bool TryDecode(ReadOnlySpan<byte> source, Span<byte> page)
    {
        int at = 0;
        for (int read = 0; read < source.Length;)
        {
            // Each run has a length that is not 0, but for the first equal one; bytes that differ follow in any case.
            if (!TryGetLength(source, ref read, out int equal, isFirst: read == 0) || at + equal > page.Length) return false;
            at += equal;
            if (!TryGetLength(source, ref read, out int different, isFirst: false)) return false;
            if (different > page.Length - at || different > source.Length - read) return false;
            source.Slice(read, different).CopyTo(page[at..]);
            read += different;
            at += different;
        }

        return true;
    }

    // How many bytes differ before the first that are equal.
    private static int DifferentPrefixLength(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        int at = 0;
        ref byte first = ref MemoryMarshal.GetReference(left);
        ref byte second = ref MemoryMarshal.GetReference(right);
        if (Vector256.IsHardwareAccelerated)
        {
            for (; at <= left.Length - Vector256<byte>.Count; at += Vector256<byte>.Count)
            {
                uint equal = Vector256.Equals(Vector256.LoadUnsafe(ref first, (nuint)at), Vector256.LoadUnsafe(ref second, (nuint)at))
                    .ExtractMostSignificantBits();
                if (equal != 0) return at + BitOperations.TrailingZeroCount(equal);
            }
        }

        for (; at <= left.Length - Vector128<byte>.Count; at += Vector128<byte>.Count)
        {
            uint equal = Vector128.Equals(Vector128.LoadUnsafe(ref first, (nuint)at), Vector128.LoadUnsafe(ref second, (nuint)at))
                .ExtractMostSignificantBits();
            if (equal != 0) return at + BitOperations.TrailingZeroCount(equal);
        }

        while (at < left.Length && Unsafe.Add(ref first, at) != Unsafe.Add(ref second, at)) at++;
        return at;
    }

    private static int PutLength(Span<byte> target, int length)
    {
        if (length < ByteLimit)
        {
            target[0] = (byte)length;
            return 1;
        }

        target[0] = (byte)(length | ByteLimit);
        target[1] = (byte)(length >> LengthBits);
        return MaxLengthOfLength;
    }

    private static bool TryGetLength(ReadOnlySpan<byte> source, ref int read, out int length, bool isFirst)
    {
        length = 0;
        if (source.Length - read < MaxLengthOfLength) return false;
        length = source[read++];
        if (length >= ByteLimit)
        {
            int high = source[read++];
            if (high >= ByteLimit) return false;
            length = (length & (ByteLimit - 1)) | high << LengthBits;
        }

        return length > 0 || isFirst;
    }
}
