using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

/// <summary>
/// Test assemblies of one user take turns. A test run starts all of them at once, and those that measure time or start
/// many emulators would disturb each other. Those that say <c>SharesTurn</c> in their project file neither disturb nor
/// mind: they have one turn together, and so have all where the environment variable <c>QMP_SHARE_TURN</c> is 1, for runs
/// that leave out what measures. Who has to wait says for whom.
/// </summary>
/// <remarks>
/// Outside of any namespace, so it is for the whole assembly. The turn ends with the process, too. The solution lists first the
/// projects that share a turn, and last the one that takes longest, so that none waits for it.
/// </remarks>
[SetUpFixture]
internal sealed class TakeTurns
{
    private const int ReadWriteCreateCloseOnExec = 0x80042; // O_RDWR | O_CREAT | O_CLOEXEC
    private const int OwnerOnly = 0x180; // 0600
    private const int Shared = 1; // LOCK_SH
    private const int Exclusive = 2; // LOCK_EX
    private const int Immediately = 4; // LOCK_NB
    private const int Interrupted = 4; // EINTR
    private const int WouldBlock = 11; // EAGAIN
    private const int MaxNote = 1000;

    private SafeFileHandle? _turn;

    private static string Path { get; } =
        System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"qmp-tests-{Environment.UserName}.lock");

    [OneTimeSetUp]
    public void Wait()
    {
        if (!OperatingSystem.IsLinux()) return;

        // .NET's own way to open a file locks it a little, and never waits for a lock.
        _turn = Open(Path, ReadWriteCreateCloseOnExec, OwnerOnly);
        if (_turn.IsInvalid) throw new Win32Exception(Marshal.GetLastPInvokeError(), Path);
        int turn = Shares() ? Shared : Exclusive;
        if (!TryLock(turn | Immediately))
        {
            long start = Stopwatch.GetTimestamp();
            TestContext.Progress.WriteLine($"{Me()} waits for its turn ({Path}), which has {Read()}");
            while (!TryLock(turn))
            {
                // Interrupted.
            }

            TestContext.Progress.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{Me()} goes on after {Stopwatch.GetElapsedTime(start).TotalSeconds:F0} s"));
        }

        Write($"{Me()}, process {Environment.ProcessId}, since {DateTime.Now:HH:mm:ss}, in {AppContext.BaseDirectory}");
    }

    [OneTimeTearDown]
    public void End() => _turn?.Dispose();

    private static bool Shares() => Environment.GetEnvironmentVariable("QMP_SHARE_TURN") == "1"
        || typeof(TakeTurns).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Any(a => a is { Key: "SharesTurn", Value: "true" });

    private static string Me() => typeof(TakeTurns).Assembly.GetName().Name!;

    private bool TryLock(int operation)
    {
        if (Lock(_turn!, operation) == 0) return true;
        int error = Marshal.GetLastPInvokeError();
        return error is Interrupted or WouldBlock ? false : throw new Win32Exception(error, Path);
    }

    private string Read()
    {
        byte[] note = new byte[MaxNote];
        return Encoding.UTF8.GetString(note, 0, RandomAccess.Read(_turn!, note, 0)) is { Length: > 0 } text ? text : "somebody else";
    }

    private void Write(string text)
    {
        RandomAccess.SetLength(_turn!, 0);
        RandomAccess.Write(_turn!, Encoding.UTF8.GetBytes(text), 0);
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true, CharSet = CharSet.Ansi)]
    private static extern SafeFileHandle Open(string path, int flags, int mode);

    [DllImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static extern int Lock(SafeFileHandle file, int operation);
}
