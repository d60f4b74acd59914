using System.Collections;
using System.Runtime.InteropServices;

namespace Qmp.Linux;

/// <summary>What a child gets from its parent, besides the descriptors that every child inherits.</summary>
/// <param name="Input">Its standard input.</param>
/// <param name="Output">Its standard output.</param>
public sealed record ChildSetup(SafeHandle Input, SafeHandle Output)
{
    /// <summary>Its standard error; <see langword="null"/> for the parent's.</summary>
    public SafeHandle? Errors { get; init; }

    /// <summary>A descriptor that the child has under the same number; <see langword="null"/> for none.</summary>
    public SafeHandle? Passed { get; init; }

    /// <summary>Whether the child leads a session of its own.</summary>
    public bool OwnSession { get; init; }

    /// <summary>Environment variables that it has besides the parent's.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();
}

/// <summary>A program that was started by this process.</summary>
/// <remarks>
/// .NET's own children inherit that SIGPIPE is ignored, as it is here; a pipeline of shell commands relies on being ended
/// by it. These children start with every signal as a login shell has it.
/// </remarks>
public sealed unsafe class ChildProcess : IDisposable
{
    private const int NoHang = 1; // WNOHANG
    private const int NoChild = 10; // ECHILD
    private const int OpenProcess = 434; // SYS_pidfd_open, the same number everywhere
    private const int KillSignal = 9;
    private const short DefaultSignals = 0x04; // POSIX_SPAWN_SETSIGDEF
    private const short BlockedSignals = 0x08; // POSIX_SPAWN_SETSIGMASK
    private const short NewSession = 0x80; // POSIX_SPAWN_SETSID
    private const int SignalSetSize = 128; // sigset_t
    private const int AttributesSize = 512; // more than a posix_spawnattr_t, whose size differs
    private const int ActionsSize = 256; // more than a posix_spawn_file_actions_t

    /// <summary>Milliseconds between two looks at a child that cannot be waited for.</summary>
    private const int LookInterval = 10;

    private readonly int _id;
    private readonly DescriptorHandle? _end; // readable once the child has ended
    private bool _hasEnded;

    private ChildProcess(int id)
    {
        _id = id;
        nint descriptor = LibC.Call(OpenProcess, id, 0);
        if (descriptor >= 0) _end = new DescriptorHandle((int)descriptor, ownsHandle: true);
    }

    /// <summary>Starts a command, or returns <see langword="null"/> with the error.</summary>
    /// <param name="program">The path of its program; there is no search path.</param>
    /// <param name="arguments">Its arguments; the first is the name that it is called by.</param>
    /// <param name="input">Its standard input.</param>
    /// <param name="output">Its standard output.</param>
    /// <param name="error">The negated number, or 0.</param>
    public static ChildProcess? Start(
        string program, IReadOnlyList<string> arguments, SafeHandle input, SafeHandle output, out int error) =>
        Start(program, arguments, new ChildSetup(input, output), out error);

    /// <summary>Starts a program, or returns <see langword="null"/> with the error.</summary>
    /// <param name="program">Its path; there is no search path.</param>
    /// <param name="arguments">Its arguments; the first is the name that it is called by.</param>
    /// <param name="setup">What it gets.</param>
    /// <param name="error">The negated number, or 0.</param>
    public static ChildProcess? Start(string program, IReadOnlyList<string> arguments, ChildSetup setup, out int error)
    {
        byte** words = CopyStrings(arguments);
        byte** variables = CopyStrings(
        [
            .. Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(v => $"{v.Key}={v.Value}"),
            .. setup.Variables.Select(v => $"{v.Key}={v.Value}"),
        ]);
        byte* signals = stackalloc byte[SignalSetSize];
        byte* attributes = stackalloc byte[AttributesSize];
        byte* actions = stackalloc byte[ActionsSize];
        LibC.InitializeAttributes(attributes);
        LibC.InitializeActions(actions);
        try
        {
            using var input = new HeldDescriptor(setup.Input);
            using var output = new HeldDescriptor(setup.Output);
            using var errors = new HeldDescriptor(setup.Errors);
            using var passed = new HeldDescriptor(setup.Passed);
            LibC.AddDuplicate(actions, input.Number, 0);
            LibC.AddDuplicate(actions, output.Number, 1);
            if (setup.Errors is not null) LibC.AddDuplicate(actions, errors.Number, 2);
            // A duplicate of a descriptor at its own place is one that stays open.
            if (setup.Passed is not null) LibC.AddDuplicate(actions, passed.Number, passed.Number);
            LibC.SetFlags(
                attributes, (short)(DefaultSignals | BlockedSignals | (setup.OwnSession ? NewSession : (short)0)));
            new Span<byte>(signals, SignalSetSize).Clear();
            LibC.SetBlockedSignals(attributes, signals);
            new Span<byte>(signals, SignalSetSize).Fill(byte.MaxValue);
            LibC.SetDefaultSignals(attributes, signals);
            error = -LibC.Spawn(out int id, program, actions, attributes, words, variables);
            return error == 0 ? new ChildProcess(id) : null;
        }
        finally
        {
            LibC.DestroyActions(actions);
            LibC.DestroyAttributes(attributes);
            FreeStrings(words);
            FreeStrings(variables);
        }
    }

    /// <summary>Waits until the command has ended, an event is set, or the time is up.</summary>
    /// <param name="wake">Ends the wait; stays set.</param>
    /// <param name="milliseconds">How long at most; -1 for ever.</param>
    /// <returns>Whether the command has ended.</returns>
    public bool WaitForEnd(WakeEvent? wake, int milliseconds)
    {
        for (int left = milliseconds; !HasEnded(); left -= LookInterval)
        {
            if (milliseconds >= 0 && left <= 0) return false;
            int step = _end is null ? LookInterval : left;
            bool isWoken = false;
            PollEvents events = wake is null
                ? Descriptors.Wait(_end, PollEvents.Readable, step)
                : Descriptors.Wait(_end, PollEvents.Readable, wake, out isWoken, step);
            if (isWoken) return HasEnded();
            if (_end is not null && events == PollEvents.None) left = 0;
        }

        return true;
    }

    /// <summary>Asks the command to end (SIGTERM); nothing happens if it has.</summary>
    public void Terminate()
    {
        if (!HasEnded()) Processes.Terminate(_id);
    }

    /// <summary>Ends the command (SIGKILL); nothing happens if it has ended.</summary>
    public void Kill()
    {
        if (!HasEnded()) _ = LibC.Kill(_id, KillSignal);
    }

    /// <summary>Lets go of it. One that still runs is looked after by nobody then.</summary>
    public void Dispose() => _end?.Dispose();

    // Its number may be another process's once this was true.
    private bool HasEnded()
    {
        if (_hasEnded) return true;
        int status;
        int id;
        do
        {
            id = LibC.WaitForChild(_id, &status, NoHang);
        }
        while (id < 0 && Errno.Negated == -Errno.Interrupted);

        // Whoever started this process with SIGCHLD ignored leaves no children to wait for.
        _hasEnded = id == _id || (id < 0 && Errno.Negated == -NoChild);
        return _hasEnded;
    }

    private static byte** CopyStrings(IReadOnlyList<string> texts)
    {
        var copies = (byte**)NativeMemory.AllocZeroed((nuint)texts.Count + 1, (nuint)sizeof(byte*));
        for (int i = 0; i < texts.Count; i++) copies[i] = (byte*)Marshal.StringToCoTaskMemUTF8(texts[i]);
        return copies;
    }

    private static void FreeStrings(byte** copies)
    {
        for (byte** copy = copies; *copy is not null; copy++) Marshal.FreeCoTaskMem((nint)(*copy));
        NativeMemory.Free(copies);
    }
}
