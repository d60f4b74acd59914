using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

/// <summary>
/// Test assemblies of one user take turns. A test run starts all of them at once, and those that measure time or start
/// emulators would disturb each other.
/// </summary>
/// <remarks>Outside of any namespace, so it is for the whole assembly. The turn ends with the process, too.</remarks>
[SetUpFixture]
internal sealed class TakeTurns
{
    private const int ReadWriteCreateCloseOnExec = 0x80042; // O_RDWR | O_CREAT | O_CLOEXEC
    private const int OwnerOnly = 0x180; // 0600
    private const int Exclusive = 2; // LOCK_EX
    private const int Interrupted = 4; // EINTR

    private SafeFileHandle? _turn;

    [OneTimeSetUp]
    public void Wait()
    {
        if (!OperatingSystem.IsLinux()) return;

        // .NET's own way to open a file locks it a little, and never waits for a lock.
        string path = Path.Combine(Path.GetTempPath(), $"qmp-tests-{Environment.UserName}.lock");
        _turn = Open(path, ReadWriteCreateCloseOnExec, OwnerOnly);
        if (_turn.IsInvalid) throw new Win32Exception(Marshal.GetLastPInvokeError(), path);
        while (Lock(_turn, Exclusive) < 0)
        {
            int error = Marshal.GetLastPInvokeError();
            if (error != Interrupted) throw new Win32Exception(error, path);
        }
    }

    [OneTimeTearDown]
    public void End() => _turn?.Dispose();

    [DllImport("libc", EntryPoint = "open", SetLastError = true, CharSet = CharSet.Ansi)]
    private static extern SafeFileHandle Open(string path, int flags, int mode);

    [DllImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static extern int Lock(SafeFileHandle file, int operation);
}
