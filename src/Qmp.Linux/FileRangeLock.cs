using System.Runtime.InteropServices;

namespace Qmp.Linux;

/// <summary>Locks of single bytes of a file that belong to the open file and end with it (<c>F_OFD_SETLK</c>).</summary>
public static unsafe class FileRangeLock
{
    private const int GetCommand = 36; // F_OFD_GETLK
    private const int SetCommand = 37; // F_OFD_SETLK
    private const short Shared = 0; // F_RDLCK
    private const short Exclusive = 1; // F_WRLCK
    private const short None = 2; // F_UNLCK

    /// <summary>Takes a shared lock of a byte.</summary>
    /// <returns>0, or a negated error number.</returns>
    public static int Share(SafeHandle file, long offset)
    {
        var request = new Request { Type = Shared, Start = offset, Length = 1 };
        return LibC.ControlLock(file, SetCommand, &request) < 0 ? Errno.Negated : 0;
    }

    /// <summary>Gives locks back.</summary>
    public static void Release(SafeHandle file, long offset, long length)
    {
        var request = new Request { Type = None, Start = offset, Length = length };
        _ = LibC.ControlLock(file, SetCommand, &request);
    }

    /// <summary>Whether somebody else holds a lock of a byte.</summary>
    public static bool IsHeld(SafeHandle file, long offset)
    {
        var request = new Request { Type = Exclusive, Start = offset, Length = 1 };
        return LibC.ControlLock(file, GetCommand, &request) == 0 && request.Type != None;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct Request // struct flock
    {
        public short Type;
        public short Whence;
        public long Start;
        public long Length;
        public int Owner;
    }
}
