using System.Buffers.Binary;

namespace Qmp.Migration.Tests.Fuzz;

/// <summary>Damages bytes as a broken or hostile peer would.</summary>
internal static class ByteMutator
{
    private const int MaxMutations = 4;
    private const int NearAnEnd = 512;

    /// <summary>Numbers that lengths, counts and flags go wrong at.</summary>
    private static readonly ulong[] Numbers =
    [
        0, 1, 2, 3, 7, 8, 0x7f, 0x80, 0xff, 0x100, 0xfff, 0x1000, 0x7fff, 0x8000, 0xffff, 0x10000, 0x7fffffff,
        0x80000000, 0xffffffff, 0x100000000, 0x7fffffffffffffff, 0x8000000000000000, 0xffffffffffffffff,
        0xfffffffffffff000,
    ];

    /// <summary>A damaged copy of <paramref name="original"/>.</summary>
    /// <param name="random">Decides what is damaged.</param>
    /// <param name="original">The bytes.</param>
    /// <param name="other">Bytes that pieces of the copy may come from.</param>
    public static byte[] Mutate(Random random, byte[] original, byte[] other)
    {
        byte[] bytes = [.. original];
        for (int i = random.Next(MaxMutations); i >= 0; i--) bytes = MutateOnce(random, bytes, other);
        return bytes;
    }

    private static byte[] MutateOnce(Random random, byte[] bytes, byte[] other)
    {
        if (bytes.Length == 0) return [.. other];
        int at = Offset(random, bytes.Length);
        switch (random.Next(10))
        {
            case 0:
                bytes[at] ^= (byte)(1 << random.Next(8));
                return bytes;
            case 1:
                bytes[at] = (byte)random.Next(256);
                return bytes;
            case 2 or 3 or 4:
                PutNumber(random, bytes.AsSpan(at));
                return bytes;
            case 5:
                return bytes[..at];
            case 6:
                return [.. bytes[..at], .. bytes[Math.Min(bytes.Length, at + Length(random))..]];
            case 7:
                return [.. bytes[..at], .. Piece(random, bytes), .. bytes[at..]];
            case 8:
                return [.. bytes[..at], .. Piece(random, other), .. bytes[at..]];
            default:
                return [.. bytes[..at], .. other[Offset(random, other.Length)..]];
        }
    }

    /// <summary>Somewhere; the ends, where most of a stream's structure is, more often than pages in its middle.</summary>
    private static int Offset(Random random, int length)
    {
        if (length == 0) return 0;
        int near = random.Next(Math.Min(length, NearAnEnd));
        return random.Next(3) switch
        {
            0 => near,
            1 => length - 1 - near,
            _ => random.Next(length),
        };
    }

    private static int Length(Random random) => 1 << random.Next(13);

    private static byte[] Piece(Random random, byte[] bytes)
    {
        int start = Offset(random, bytes.Length);
        return bytes[start..Math.Min(bytes.Length, start + Length(random))];
    }

    private static void PutNumber(Random random, Span<byte> target)
    {
        Span<byte> number = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(number, Numbers[random.Next(Numbers.Length)]);
        number = number[^(1 << random.Next(4))..];
        number[..Math.Min(number.Length, target.Length)].CopyTo(target);
    }
}
