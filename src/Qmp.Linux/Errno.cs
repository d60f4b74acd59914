using System.Runtime.InteropServices;

namespace Qmp.Linux;

/// <summary>The error numbers that callers tell apart. The calls of this library return them negated.</summary>
public static class Errno
{
    /// <summary>ENOENT.</summary>
    public const int NoEntry = 2;

    /// <summary>EINTR. The calls of this library try again by themselves.</summary>
    public const int Interrupted = 4;

    /// <summary>EBADF.</summary>
    public const int BadDescriptor = 9;

    /// <summary>EAGAIN: the descriptor is in nonblocking mode, or was asked not to wait.</summary>
    public const int TryAgain = 11;

    /// <summary>EINVAL.</summary>
    public const int Invalid = 22;

    /// <summary>EMFILE.</summary>
    public const int TooManyFiles = 24;

    /// <summary>EPIPE.</summary>
    public const int BrokenPipe = 32;

    /// <summary>ENOSYS.</summary>
    public const int NotImplemented = 38;

    /// <summary>EOPNOTSUPP.</summary>
    public const int NotSupported = 95;

    /// <summary>EADDRINUSE.</summary>
    public const int AddressInUse = 98;

    /// <summary>ECONNABORTED: a client left before it was accepted.</summary>
    public const int ConnectionAborted = 103;

    /// <summary>EINPROGRESS.</summary>
    public const int InProgress = 115;

    /// <summary>ECANCELED: the caller has given up.</summary>
    public const int Canceled = 125;

    /// <summary>What the system says about an error number.</summary>
    /// <param name="number">The number, positive or negated.</param>
    public static string Text(int number) => Marshal.GetPInvokeErrorMessage(Math.Abs(number));

    /// <summary>The number that the last failed call left, negated.</summary>
    internal static int Negated => -Marshal.GetLastPInvokeError();
}
