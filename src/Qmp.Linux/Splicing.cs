using System.Runtime.InteropServices;

namespace Qmp.Linux;

/// <summary>Memory that goes through a pipe to a descriptor without a copy (<c>vmsplice</c>, <c>splice</c>).</summary>
/// <remarks>The pipe holds pages of memory, not their bytes: who reads them last sees what they hold by then.</remarks>
public static unsafe class Splicing
{
    private const int SetPipeSize = 1031; // F_SETPIPE_SZ

    /// <summary>Asks for room in a pipe; a kernel that refuses leaves it as it is.</summary>
    /// <param name="pipe">Either end.</param>
    /// <param name="bytes">How much memory it is to hold.</param>
    public static void Resize(SafeHandle pipe, int bytes) => _ = LibC.Control(pipe, SetPipeSize, bytes);

    /// <summary>Puts pieces of memory, at most <see cref="Files.MaxPieces"/>, into an empty pipe.</summary>
    /// <returns>How many bytes it took, or a negated error number.</returns>
    public static int Refer(SafeHandle pipe, ReadOnlySpan<IoVector> pieces)
    {
        fixed (IoVector* first = pieces)
        {
            while (true)
            {
                nint count = LibC.SpliceMemory(pipe, first, (nuint)pieces.Length, 0);
                if (count >= 0) return (int)count;
                if (Errno.Negated is var error && error != -Errno.Interrupted) return error;
            }
        }
    }

    /// <summary>Moves what is in a pipe to a socket.</summary>
    /// <param name="pipe">The end that is read.</param>
    /// <param name="socket">A socket whose calls do not wait, or this one may.</param>
    /// <param name="length">How many bytes at most.</param>
    /// <returns>How many it took, or a negated error number.</returns>
    public static int Move(SafeHandle pipe, SafeHandle socket, int length)
    {
        while (true)
        {
            nint count = LibC.Splice(pipe, null, socket, null, (nuint)length, 0);
            if (count >= 0) return (int)count;
            if (Errno.Negated is var error && error != -Errno.Interrupted) return error;
        }
    }
}
