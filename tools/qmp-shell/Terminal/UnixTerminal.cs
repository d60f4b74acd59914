using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Qmp.Shell.Terminal;

/// <summary>The terminal that the process was started on: descriptors 0 and 1.</summary>
[UnsupportedOSPlatform("windows")]
internal sealed partial class UnixTerminal : ITerminal, IDisposable
{
    private const int Now = 0;

    /// <summary>More than a termios has anywhere.</summary>
    private const int StateSize = 256;

    // The console's own stream would read whole lines.
    private readonly FileStream _input = new(new SafeFileHandle(0, ownsHandle: false), FileAccess.Read, bufferSize: 0);
    private readonly Stream _output = Console.OpenStandardOutput();
    private readonly PosixSignalRegistration _resized;

    public UnixTerminal() => _resized = PosixSignalRegistration.Create(
        PosixSignal.SIGWINCH, _ => Resized?.Invoke());

    public event Action? Resized;

    public int Width => Console.WindowWidth;

    public IDisposable EnterRawMode()
    {
        byte[] before = new byte[StateSize];
        if (GetState(0, before) != 0) return new Restoring(null);
        byte[] raw = [.. before];
        MakeRaw(raw);
        _ = SetState(0, Now, raw);
        return new Restoring(before);
    }

    // A terminal cannot be read asynchronously; the read ends with the next key.
    public async ValueTask<int> ReadAsync(Memory<byte> buffer) => await Task.Run(() => _input.Read(buffer.Span));

    public void Write(string text)
    {
        _output.Write(Encoding.UTF8.GetBytes(text));
        _output.Flush();
    }

    public void Dispose()
    {
        _resized.Dispose();
        // The input is left alone: somebody may still wait for a key.
        _output.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "tcgetattr")]
    private static partial int GetState(int descriptor, Span<byte> state);

    [LibraryImport("libc", EntryPoint = "tcsetattr")]
    private static partial int SetState(int descriptor, int when, ReadOnlySpan<byte> state);

    [LibraryImport("libc", EntryPoint = "cfmakeraw")]
    private static partial void MakeRaw(Span<byte> state);

    private sealed class Restoring(byte[]? before) : IDisposable
    {
        public void Dispose()
        {
            if (before is not null) _ = SetState(0, Now, before);
        }
    }
}
