using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Qmp.Shell.Terminal;

/// <summary>The modes of the terminal on standard input (termios), and what else only the system tells.</summary>
[UnsupportedOSPlatform("windows")]
internal static partial class TerminalModes
{
    /// <summary>More than a termios, or a sigaction, has anywhere.</summary>
    private const int StateSize = 256;

    private const int Now = 0; // TCSANOW
    private const int LocalFlags = 12; // offset of c_lflag in Linux's termios
    private const int LeastBytes = 23; // offset of c_cc[VMIN]
    private const int Canonical = 0x2; // ICANON
    private const int Echo = 0x8; // ECHO
    private const int StopSignal = 20; // SIGTSTP
    private const nuint InputLength = 0x541b; // FIONREAD
    private const nuint WindowSize = 0x5413; // TIOCGWINSZ

    /// <summary>The modes as they are; <see langword="null"/> if it is no terminal.</summary>
    public static byte[]? Get()
    {
        byte[] state = new byte[StateSize];
        return GetState(0, state) == 0 ? state : null;
    }

    /// <summary>Sets modes.</summary>
    public static void Set(byte[] state) => _ = SetState(0, Now, state);

    /// <summary>Modes in which keys come one by one and unprocessed.</summary>
    public static byte[] Raw(byte[] state)
    {
        byte[] raw = [.. state];
        MakeRaw(raw);
        return raw;
    }

    /// <summary>
    /// Modes in which keys wait, unechoed, for whoever reads next, and Ctrl-C and Ctrl-Z are signals. In the usual ones
    /// a Ctrl-D that nobody waits for would be lost.
    /// </summary>
    public static byte[] TypeAhead(byte[] state)
    {
        byte[] modes = [.. state];
        if (!OperatingSystem.IsLinux()) return modes;
        modes[LocalFlags] &= unchecked((byte)~(Canonical | Echo));
        modes[LeastBytes] = 1;
        return modes;
    }

    /// <summary>How many bytes wait to be read.</summary>
    public static int Waiting() =>
        OperatingSystem.IsLinux() && Control(0, InputLength, out ulong length) == 0 ? (int)length : 0;

    /// <summary>Columns of the terminal on standard output; 0 if it does not know.</summary>
    public static int Columns()
    {
        if (!OperatingSystem.IsLinux()) return Console.WindowWidth;
        // Two bytes each: rows, columns, and the same in pixels.
        return Control(1, WindowSize, out ulong size) == 0 ? (int)((size >> 16) & 0xffff) : 0;
    }

    /// <summary>Asks all that belong to this job to stop, as the terminal does for Ctrl-Z.</summary>
    public static void StopJob()
    {
        if (OperatingSystem.IsLinux()) _ = Kill(0, StopSignal);
    }

    /// <summary>Stops this process, and returns when it goes on. Nobody's child is not stopped: who would wake it?</summary>
    public static void StopHere()
    {
        // The runtime has a handler of its own; for a moment the signal does what it does by default.
        byte[] handler = new byte[StateSize];
        if (SetHandler(StopSignal, new byte[StateSize], handler) != 0) return;
        _ = Raise(StopSignal);
        _ = SetHandler(StopSignal, handler, new byte[StateSize]);
    }

    [LibraryImport("libc", EntryPoint = "tcgetattr")]
    private static partial int GetState(int descriptor, Span<byte> state);

    [LibraryImport("libc", EntryPoint = "tcsetattr")]
    private static partial int SetState(int descriptor, int when, ReadOnlySpan<byte> state);

    [LibraryImport("libc", EntryPoint = "cfmakeraw")]
    private static partial void MakeRaw(Span<byte> state);

    [LibraryImport("libc", EntryPoint = "ioctl")]
    private static partial int Control(int descriptor, nuint request, out ulong value);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);

    [LibraryImport("libc", EntryPoint = "raise")]
    private static partial int Raise(int signal);

    [LibraryImport("libc", EntryPoint = "sigaction")]
    private static partial int SetHandler(int signal, ReadOnlySpan<byte> action, Span<byte> before);
}
