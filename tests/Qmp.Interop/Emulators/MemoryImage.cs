using System.Buffers.Binary;

namespace Qmp.Interop.Emulators;

/// <summary>What guest memory holds: random, repeated and zero pages, mixed.</summary>
internal static class MemoryImage
{
    private const int Page = 4096;

    /// <summary>An image; the same for the same seed.</summary>
    public static byte[] Create(int seed, int length = EmulatorProcess.MemorySize)
    {
        byte[] image = new byte[length];
        var random = new Random(seed);
        for (int at = 0; at < length; at += Page)
        {
            Span<byte> page = image.AsSpan(at, Page);
            switch (random.Next(6))
            {
                case 0 or 1:
                    random.NextBytes(page);
                    break;
                case 2:
                    page.Fill((byte)random.Next(1, 256));
                    break;
                case 3:
                    // Zero but for its last bytes: nobody may look at its beginning only.
                    BinaryPrimitives.WriteInt32LittleEndian(page[^4..], random.Next(1, int.MaxValue));
                    break;
                default:
                    break;
            }
        }

        return image;
    }

    /// <exception cref="InteropException">They differ.</exception>
    public static void Compare(string what, ReadOnlySpan<byte> expected, ReadOnlySpan<byte> actual)
    {
        int same = expected.CommonPrefixLength(actual);
        if (same == expected.Length && same == actual.Length) return;
        throw new InteropException(
            $"{what} differs from 0x{same:x} on; {actual.Length} bytes where {expected.Length} were expected");
    }
}
