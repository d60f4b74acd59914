using System.Runtime.InteropServices;

namespace Qmp.Linux;

/// <summary>Files, pipes and their flags. A call returns what it did, or a negated number of <see cref="Errno"/>.</summary>
public static unsafe class Files
{
    /// <summary>O_NONBLOCK.</summary>
    public const int NonBlocking = 0x800;

    /// <summary>UIO_MAXIOV: the most pieces that one call gathers.</summary>
    public const int MaxPieces = 1024;

    private const int CloseOnExec = 0x80000; // O_CLOEXEC
    private const int GetFlagsCommand = 3; // F_GETFL
    private const int SetFlagsCommand = 4; // F_SETFL
    private const int DuplicateCloseOnExec = 1030; // F_DUPFD_CLOEXEC
    private const int GetPipeSize = 1032; // F_GETPIPE_SZ
    private const int CurrentFolder = -100; // AT_FDCWD
    private const uint TypeOnly = 1; // STATX_TYPE
    private const int StatusSize = 256; // struct statx
    private const uint BlocksOnly = 0x400; // STATX_BLOCKS
    private const int ModeOffset = 28; // stx_mode
    private const int BlocksOffset = 48; // stx_blocks
    private const int BytesOfBlock = 512;
    private const int TypeMask = 0xf000; // S_IFMT
    private const int FifoType = 0x1000; // S_IFIFO
    private const int CharacterDeviceType = 0x2000; // S_IFCHR
    private const int BlockDeviceType = 0x6000; // S_IFBLK

    /// <summary>Opens a file, or returns <see langword="null"/> with the error.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="flags">The flags of <c>open(2)</c>; the descriptor is never passed on to children.</param>
    /// <param name="mode">The permissions of a file that is made.</param>
    /// <param name="error">The negated number, or 0.</param>
    public static DescriptorHandle? Open(string path, int flags, uint mode, out int error)
    {
        int descriptor;
        do
        {
            descriptor = LibC.Open(path, flags | CloseOnExec, mode);
            error = descriptor < 0 ? Errno.Negated : 0;
        }
        while (error == -Errno.Interrupted);
        return descriptor < 0 ? null : new DescriptorHandle(descriptor, ownsHandle: true);
    }

    /// <summary>Whether a path leads to something: 0, or a negated error number.</summary>
    public static int Probe(string path)
    {
        byte* status = stackalloc byte[StatusSize];
        return LibC.GetStatus(CurrentFolder, path, 0, TypeOnly, status) < 0 ? Errno.Negated : 0;
    }

    /// <summary>How many bytes a file takes on its disk, or a negated error number.</summary>
    public static long AllocatedBytes(string path)
    {
        byte* status = stackalloc byte[StatusSize];
        return LibC.GetStatus(CurrentFolder, path, 0, BlocksOnly, status) < 0
            ? Errno.Negated
            : *(long*)(status + BlocksOffset) * BytesOfBlock;
    }

    /// <summary>Closes a descriptor that nothing owns.</summary>
    public static void Close(int descriptor) => _ = LibC.Close(descriptor);

    /// <summary>Reads bytes.</summary>
    /// <returns>How many came, 0 at the end, or a negated error number.</returns>
    public static int Read(SafeHandle file, Span<byte> buffer)
    {
        fixed (byte* first = buffer)
        {
            while (true)
            {
                int count = Result(LibC.Read(file, first, (nuint)buffer.Length));
                if (count != -Errno.Interrupted) return count;
            }
        }
    }

    /// <summary>Writes bytes.</summary>
    /// <returns>How many were taken, or a negated error number.</returns>
    public static int Write(SafeHandle file, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* first = bytes)
        {
            while (true)
            {
                int count = Result(LibC.Write(file, first, (nuint)bytes.Length));
                if (count != -Errno.Interrupted) return count;
            }
        }
    }

    /// <summary>Gathers pieces of memory, at most <see cref="MaxPieces"/>, and writes them.</summary>
    /// <returns>How many bytes were taken, or a negated error number.</returns>
    public static int Gather(SafeHandle file, ReadOnlySpan<IoVector> pieces)
    {
        fixed (IoVector* first = pieces)
        {
            while (true)
            {
                int count = Result(LibC.WriteVector(file, first, pieces.Length));
                if (count != -Errno.Interrupted) return count;
            }
        }
    }

    /// <summary>Gathers pieces of memory, at most <see cref="MaxPieces"/>, and writes them at an offset.</summary>
    /// <returns>How many bytes were taken, or a negated error number.</returns>
    public static long GatherAt(SafeHandle file, ReadOnlySpan<IoVector> pieces, long offset)
    {
        fixed (IoVector* first = pieces)
        {
            while (true)
            {
                nint count = LibC.WriteVectorAt(file, first, pieces.Length, offset);
                if (count >= 0) return count;
                if (Errno.Negated is var error && error != -Errno.Interrupted) return error;
            }
        }
    }

    /// <summary>Reads from an offset into pieces of memory, at most <see cref="MaxPieces"/>.</summary>
    /// <returns>How many bytes came, 0 at the end, or a negated error number.</returns>
    public static long ScatterAt(SafeHandle file, ReadOnlySpan<IoVector> pieces, long offset)
    {
        fixed (IoVector* first = pieces)
        {
            while (true)
            {
                nint count = LibC.ReadVectorAt(file, first, pieces.Length, offset);
                if (count >= 0) return count;
                if (Errno.Negated is var error && error != -Errno.Interrupted) return error;
            }
        }
    }

    /// <summary>Moves to an offset; what cannot be moved in, such as a pipe, says so.</summary>
    /// <param name="file">The file.</param>
    /// <param name="offset">The offset.</param>
    /// <param name="whence">From where: 0 the start, 1 here, 2 the end.</param>
    /// <returns>Where it is now, or a negated error number.</returns>
    public static long Seek(SafeHandle file, long offset, int whence)
    {
        long at = LibC.Seek(file, offset, whence);
        return at < 0 ? Errno.Negated : at;
    }

    /// <summary>Cuts or extends a file.</summary>
    /// <returns>0, or a negated error number.</returns>
    public static int Truncate(SafeHandle file, long length) => Result(LibC.Truncate(file, length));

    /// <summary>Removes a name.</summary>
    /// <returns>0, or a negated error number.</returns>
    public static int Unlink(string path) => Result(LibC.Unlink(path));

    /// <summary>Makes a symbolic link.</summary>
    /// <param name="target">Where it leads.</param>
    /// <param name="path">Where it is.</param>
    /// <returns>0, or a negated error number.</returns>
    public static int Link(string target, string path) => Result(LibC.Link(target, path));

    /// <summary>Makes a FIFO.</summary>
    /// <returns>0, or a negated error number.</returns>
    public static int MakeFifo(string path, uint mode) => Result(LibC.MakeFifo(path, mode));

    /// <summary>Makes a pipe.</summary>
    /// <exception cref="IOException">No descriptors are left.</exception>
    public static (DescriptorHandle Reading, DescriptorHandle Writing) MakePipe()
    {
        int* pipe = stackalloc int[2];
        if (LibC.MakePipe(pipe, CloseOnExec) < 0)
        {
            throw new IOException($"cannot make a pipe: {Errno.Text(Errno.Negated)}");
        }

        return (new DescriptorHandle(pipe[0], ownsHandle: true), new DescriptorHandle(pipe[1], ownsHandle: true));
    }

    /// <summary>The flags that a descriptor was opened with, and has now.</summary>
    /// <returns>The flags, or a negated error number.</returns>
    public static int GetFlags(SafeHandle file) => Result(LibC.Control(file, GetFlagsCommand, 0));

    /// <summary>Changes the mode of an open file, for everybody who shares it.</summary>
    /// <returns>0, or a negated error number.</returns>
    public static int SetNonBlocking(SafeHandle file, bool value)
    {
        int flags = GetFlags(file);
        if (flags < 0) return flags;
        int wanted = value ? flags | NonBlocking : flags & ~NonBlocking;
        return wanted == flags ? 0 : Result(LibC.Control(file, SetFlagsCommand, wanted));
    }

    /// <summary>Duplicates a descriptor, which then shares everything but its number.</summary>
    /// <returns>The new descriptor, which nothing owns yet, or a negated error number.</returns>
    public static int Duplicate(SafeHandle file) => Result(LibC.Control(file, DuplicateCloseOnExec, 0));

    /// <summary>Whether a path leads to a FIFO, which nothing opens before its other end is opened, too.</summary>
    public static bool IsFifo(string path)
    {
        byte* status = stackalloc byte[StatusSize];
        if (LibC.GetStatus(CurrentFolder, path, 0, TypeOnly, status) < 0) return false;
        return (*(ushort*)(status + ModeOffset) & TypeMask) == FifoType;
    }

    /// <summary>Whether a path leads to a device, of blocks or of characters.</summary>
    public static bool IsDevice(string path)
    {
        byte* status = stackalloc byte[StatusSize];
        if (LibC.GetStatus(CurrentFolder, path, 0, TypeOnly, status) < 0) return false;
        return (*(ushort*)(status + ModeOffset) & TypeMask) is CharacterDeviceType or BlockDeviceType;
    }

    /// <summary>Whether it is a pipe or a FIFO; only those have a pipe's size.</summary>
    public static bool IsPipe(SafeHandle file) => LibC.Control(file, GetPipeSize, 0) >= 0;

    private static int Result(nint result) => result < 0 ? Errno.Negated : (int)result;
}
