using System.Text;

namespace Qmp.Linux;

/// <summary>A pseudo-terminal, in raw mode.</summary>
public sealed unsafe class Terminal : IDisposable
{
    private const int ReadWrite = 2; // O_RDWR
    private const int NoControl = 0x100; // O_NOCTTY
    private const int CloseOnExec = 0x80000; // O_CLOEXEC
    private const int SettingsSize = 128; // more than a struct termios
    private const int MaxName = 64;
    private const int AfterOutput = 1; // TCSADRAIN

    private Terminal(DescriptorHandle master, string path)
    {
        Master = master;
        Path = path;
    }

    /// <summary>The end that stays with who made the terminal.</summary>
    public DescriptorHandle Master { get; }

    /// <summary>The path of the terminal, for the other end.</summary>
    public string Path { get; }

    /// <summary>Makes a terminal, or returns <see langword="null"/> with the error.</summary>
    /// <param name="error">The negated number, or 0.</param>
    public static Terminal? Open(out int error)
    {
        int descriptor = LibC.OpenTerminal(ReadWrite | NoControl | CloseOnExec);
        if (descriptor < 0)
        {
            error = Errno.Negated;
            return null;
        }

        var master = new DescriptorHandle(descriptor, ownsHandle: true);
        byte* name = stackalloc byte[MaxName];
        if (LibC.GrantTerminal(master) == 0 && LibC.UnlockTerminal(master) == 0
            && LibC.GetTerminalName(master, name, MaxName) == 0)
        {
            string path = Encoding.UTF8.GetString(name, new ReadOnlySpan<byte>(name, MaxName).IndexOf((byte)0));
            // A terminal may be opened anew between a look at it and a read, which must not wait then.
            error = Files.SetNonBlocking(master, true) is var failed and < 0 ? failed : MakeRaw(path);
            if (error == 0) return new Terminal(master, path);
        }
        else
        {
            error = Errno.Negated;
        }

        master.Dispose();
        return null;
    }

    /// <inheritdoc/>
    public void Dispose() => Master.Dispose();

    // Opened and closed once: from then on the master says whether somebody has the terminal open.
    private static int MakeRaw(string path)
    {
        using DescriptorHandle? terminal = Files.Open(path, ReadWrite | NoControl, 0, out int error);
        if (terminal is null) return error;
        byte* settings = stackalloc byte[SettingsSize];
        if (LibC.GetTerminalSettings(terminal, settings) < 0) return Errno.Negated;
        LibC.MakeRaw(settings);
        return LibC.SetTerminalSettings(terminal, AfterOutput, settings) < 0 ? Errno.Negated : 0;
    }
}
