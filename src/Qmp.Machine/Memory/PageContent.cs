using System.Runtime.InteropServices;

namespace Qmp.Machine.Memory;

/// <summary>The bytes of a page that is known by its state: the same whether it is stored or counted.</summary>
/// <remarks>
/// Noise of the page's address comes first, as much as its kind says; zeros follow. A write changes the start: a byte
/// that is never zero and never that of the write before, then noise of the write's number.
/// </remarks>
public static class PageContent
{
    private const int Page = RamBlock.PageSize;

    /// <summary>Makes the bytes of a page.</summary>
    /// <param name="state">Its state; not one whose bytes are kept.</param>
    /// <param name="page">The page's number in guest memory.</param>
    /// <param name="target">Room for a page.</param>
    public static void Make(PageState state, long page, Span<byte> target)
    {
        int noise = Page * state.Kind.Fill / 100;
        int written = state.Generation == 0 ? 0 : state.Kind.Change;
        if (written < noise) Noise((ulong)page * Page, target[..noise]);
        target[noise..].Clear();
        if (written > 0) MakeWritten(state, page, target);
    }

    /// <summary>Makes the bytes that the latest write has changed.</summary>
    /// <param name="state">The page's state, with a generation.</param>
    /// <param name="page">The page's number in guest memory.</param>
    /// <param name="target">Gets as many bytes as a write of this kind changes.</param>
    public static void MakeWritten(PageState state, long page, Span<byte> target)
    {
        Span<byte> written = target[..state.Kind.Change];
        Noise(((ulong)page << 32) ^ state.Generation, written);
        written[0] = (byte)(1 + (state.Generation % 255));
    }

    private static void Noise(ulong seed, Span<byte> target)
    {
        ulong x = seed;
        foreach (ref ulong word in MemoryMarshal.Cast<byte, ulong>(target))
        {
            x = (x * 6364136223846793005) + 1442695040888963407;
            word = x;
        }

        Span<byte> rest = target[(target.Length & ~7)..];
        for (int i = 0; i < rest.Length; i++)
        {
            x = (x * 6364136223846793005) + 1442695040888963407;
            rest[i] = (byte)(x >> 56);
        }
    }
}
