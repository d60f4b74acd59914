using System.Runtime.InteropServices;

namespace Qmp.Migration.Status;

/// <summary>The reasons that QEMU's loader gives, as C's error numbers.</summary>
public enum Errno
{
    /// <summary>Operation not permitted.</summary>
    NotPermitted = 1,

    /// <summary>No such file or directory; QEMU's loader uses it for things that it does not know.</summary>
    NoEntry = 2,

    /// <summary>Input/output error: the stream ended early or the connection broke.</summary>
    InputOutput = 5,

    /// <summary>Resource temporarily unavailable: a package ended early.</summary>
    TryAgain = 11,

    /// <summary>Cannot allocate memory.</summary>
    NoMemory = 12,

    /// <summary>Invalid argument.</summary>
    Invalid = 22,

    /// <summary>Numerical result out of range.</summary>
    Range = 34,

    /// <summary>Operation not supported.</summary>
    NotSupported = 95,
}

/// <summary>Texts of error numbers.</summary>
internal static class ErrnoText
{
    public static string Text(this Errno errno) => Marshal.GetPInvokeErrorMessage((int)errno);
}
