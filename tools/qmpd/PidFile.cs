using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Qmp.Emulator.Files;
using Qmp.Emulator.Options;
using Qmp.Linux;

namespace Qmpd;

/// <summary>The file that holds the process id while the process runs, and is locked as QEMU's is.</summary>
/// <remarks>
/// The lock belongs to the process and goes with it, however it ends. At the end the file is removed, unless its name
/// has come to mean another file.
/// </remarks>
internal sealed partial class PidFile : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const int SetLock = 6; // F_SETLK
    private const short WriteLock = 1; // F_WRLCK

    private readonly FileStream _file;
    private readonly string? _path;

    private PidFile(FileStream file)
    {
        _file = file;
        _path = NameOf(file);
    }

    /// <exception cref="CommandLineException">The file cannot be had, or another process has it; the text is QEMU's.</exception>
    public static PidFile Create(string path)
    {
        FileStream file = Open(path);
        try
        {
            Lock(file.SafeFileHandle);
            Write(file.SafeFileHandle);
            return new PidFile(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        if (_path is not null && NameOf(_file) == _path) File.Delete(_path);
        _file.Dispose();
    }

    // Where the system says that the file is now, symbolic links followed; another text once it is moved or removed.
    private static string? NameOf(FileStream file) =>
        new FileInfo($"/proc/self/fd/{file.SafeFileHandle.DangerousGetHandle()}").LinkTarget;

    private static FileStream Open(string path)
    {
        try
        {
            var options = new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.ReadWrite,
                BufferSize = 0,
            };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnerOnly;
            return new FileStream(path, options);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            string reason = Directory.Exists(path) ? "Is a directory" : FileErrors.Text(e);
            throw Refused($"Could not create '{path}': {reason}");
        }
    }

    private static void Lock(SafeFileHandle file)
    {
        var region = new FileLock { Type = WriteLock };
        if (Control(file, SetLock, ref region) < 0)
        {
            throw Refused($"Cannot lock pid file: {Errno.Text(Marshal.GetLastPInvokeError())}");
        }
    }

    private static void Write(SafeFileHandle file)
    {
        if (Files.Truncate(file, 0) is var error and < 0) throw Refused($"Failed to truncate pid file: {Errno.Text(error)}");
        try
        {
            RandomAccess.Write(
                file, Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "\n"), 0);
        }
        catch (IOException e)
        {
            throw Refused($"Failed to write pid file: {e.Message}");
        }
    }

    private static CommandLineException Refused(string reason) => new($"cannot create PID file: {reason}");

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Control(SafeFileHandle file, int command, ref FileLock region);

    // struct flock
    [StructLayout(LayoutKind.Sequential)]
    private struct FileLock
    {
        public short Type;
        public short Whence;
        public long Start;
        public long Length;
        public int Owner;
    }
}
