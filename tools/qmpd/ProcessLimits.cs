using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Qmpd;

/// <summary>Says in words that the process may open too few files, before the runtime fails for it.</summary>
/// <remarks>
/// A program that is compiled while it runs holds a descriptor for each of its assemblies, and opens more of them as it
/// goes: running out of descriptors then ends it anywhere. The native program needs a handful.
/// </remarks>
internal static partial class ProcessLimits
{
    private const int OpenFiles = 7; // RLIMIT_NOFILE
    private const ulong Needed = 128; // at rest there are some 95, with a migration over TCP some 110

    /// <summary>What is wrong, or <see langword="null"/>.</summary>
    public static string? Complaint()
    {
        if (!RuntimeFeature.IsDynamicCodeSupported || GetLimit(OpenFiles, out Limit limit) != 0) return null;
        return limit.Current < Needed
            ? $"qmpd: needs {Needed} file descriptors, and may open {limit.Current} (ulimit -n); the native program needs fewer\n"
            : null;
    }

    /// <summary>Says it on standard error, with as little as possible.</summary>
    /// <returns>The exit status.</returns>
    public static int Refuse(string complaint)
    {
        Write(2, complaint, complaint.Length);
        return 1;
    }

    [LibraryImport("libc", EntryPoint = "write", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint Write(int file, string text, nint length);

    [LibraryImport("libc", EntryPoint = "getrlimit64")]
    private static partial int GetLimit(int resource, out Limit limit);

    [StructLayout(LayoutKind.Sequential)]
    private struct Limit
    {
        public ulong Current;
        public ulong Most;
    }
}
