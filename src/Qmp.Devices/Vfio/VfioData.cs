using System.Runtime.InteropServices;

namespace Qmp.Devices.Vfio;

/// <summary>The bytes that a simulated device's state consists of: noise that both ends know.</summary>
/// <remarks>
/// A piece of state says nothing but where it stands in the device's stream, so that a destination can tell whether
/// all of it arrived, in order and whole. It is not kept anywhere.
/// </remarks>
internal static class VfioData
{
    /// <summary>The longest piece, as in QEMU.</summary>
    public const int MaxPiece = 1 << 20;

    // Twice the period, so that every piece is in one part.
    private static readonly byte[] Noise = MakeNoise(0);

    // What a device's initial data is made of when it has begun anew: no byte is the same.
    private static readonly byte[] OtherNoise = MakeNoise(ulong.MaxValue);

    /// <summary>The piece of <paramref name="length"/> bytes at <paramref name="position"/>.</summary>
    public static ReadOnlySpan<byte> At(ulong position, int length, bool isAnew = false) =>
        (isAnew ? OtherNoise : Noise).AsSpan((int)(position % MaxPiece), length);

    /// <summary>The address of the piece at <paramref name="position"/>; it never moves.</summary>
    public static nint AddressOf(ulong position, bool isAnew = false) =>
        Marshal.UnsafeAddrOfPinnedArrayElement(isAnew ? OtherNoise : Noise, (int)(position % MaxPiece));

    private static byte[] MakeNoise(ulong mask)
    {
        byte[] noise = GC.AllocateUninitializedArray<byte>(2 * MaxPiece, pinned: true);
        Span<ulong> words = MemoryMarshal.Cast<byte, ulong>(noise.AsSpan(0, MaxPiece));
        ulong word = 0;
        foreach (ref ulong w in words)
        {
            word = (word * 6364136223846793005) + 1442695040888963407;
            w = word ^ mask;
        }

        noise.AsSpan(0, MaxPiece).CopyTo(noise.AsSpan(MaxPiece));
        return noise;
    }
}
