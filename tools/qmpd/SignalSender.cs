using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Qmpd;

/// <summary>Remembers which process sent the last signal, which .NET does not tell.</summary>
/// <remarks>
/// Only a signal handler learns from the kernel who sent the signal, and no managed code can run there. So the
/// handler of the runtime gets a few instructions before it, which store the process id and go on to it with all
/// arguments as they were. On other processors, and where memory cannot be made executable, the sender stays unknown.
/// </remarks>
internal sealed partial class SignalSender
{
    private const int SenderOffset = 16; // of si_pid in siginfo_t
    private const int ReadWrite = 3; // PROT_READ | PROT_WRITE
    private const int ReadExecute = 5; // PROT_READ | PROT_EXEC
    private const int PrivateAnonymous = 0x22; // MAP_PRIVATE | MAP_ANONYMOUS
    private const nint PageSize = 4096;

    private readonly nint _slot = Marshal.AllocHGlobal(sizeof(int)); // lives as long as the handlers, which is for ever

    /// <summary>No signal has been sent yet.</summary>
    public SignalSender() => Marshal.WriteInt32(_slot, 0);

    /// <summary>Who it was, as QEMU says it: empty if it was no process.</summary>
    public string Text
    {
        get
        {
            int process = Marshal.ReadInt32(_slot);
            return process == 0
                ? ""
                : string.Create(CultureInfo.InvariantCulture, $" from pid {process} ({NameOf(process)})");
        }
    }

    /// <summary>Puts itself before the handler of a signal, which the runtime has set.</summary>
    public unsafe void Watch(int signal)
    {
        if (RuntimeInformation.ProcessArchitecture != Architecture.X64) return;
        byte* action = stackalloc byte[ActionSize];
        if (Action(signal, 0, (nint)action) < 0) return;
        nint handler = *(nint*)action;
        if (handler is 0 or 1) return; // SIG_DFL, SIG_IGN
        nint code = Compile(handler);
        if (code == 0) return;
        *(nint*)action = code;
        Action(signal, (nint)action, 0);
    }

    private const int ActionSize = 256; // more than struct sigaction has on any system

    // mov rax, slot; mov ecx, [rsi + SenderOffset]; mov [rax], ecx; mov rax, handler; jmp rax
    private nint Compile(nint handler)
    {
        byte[] code =
        [
            0x48, 0xb8, .. BitConverter.GetBytes((long)_slot),
            0x8b, 0x4e, SenderOffset,
            0x89, 0x08,
            0x48, 0xb8, .. BitConverter.GetBytes((long)handler),
            0xff, 0xe0,
        ];
        nint page = Map(0, PageSize, ReadWrite, PrivateAnonymous, -1, 0);
        if (page == -1) return 0;
        Marshal.Copy(code, 0, page, code.Length);
        return Protect(page, PageSize, ReadExecute) == 0 ? page : 0;
    }

    private static string NameOf(int process)
    {
        try
        {
            string line = Encoding.UTF8.GetString(File.ReadAllBytes($"/proc/{process}/cmdline"));
            return line.Split('\0')[0] is { Length: > 0 } name ? name : "<unknown process>";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "<unknown process>";
        }
    }

    [LibraryImport("libc", EntryPoint = "sigaction")]
    private static partial int Action(int signal, nint action, nint before);

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial nint Map(nint address, nint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int Protect(nint address, nint length, int protection);
}
