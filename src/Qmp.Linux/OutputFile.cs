namespace Qmp.Linux;

/// <summary>A file that is written from its start on, whatever it is: also a FIFO that nobody reads yet.</summary>
/// <remarks>Whatever waits here gives up when the event is set.</remarks>
public sealed class OutputFile : IDisposable
{
    private const int WriteOnly = 1; // O_WRONLY
    private const int CreateNew = 0x40; // O_CREAT
    private const int Empty = 0x200; // O_TRUNC
    private const uint Mode = 0x1b6; // 0666
    private const int NoReader = 6; // ENXIO

    /// <summary>Milliseconds between two looks for a reader of a FIFO; nothing tells when one comes.</summary>
    private const int ReaderInterval = 10;

    private readonly DescriptorHandle _file;
    private readonly WakeEvent _cancel;

    private OutputFile(DescriptorHandle file, WakeEvent cancel)
    {
        _file = file;
        _cancel = cancel;
    }

    /// <summary>Makes a file or empties it, or returns <see langword="null"/> with the error.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="cancel">Gives up when it is set.</param>
    /// <param name="error">The negated number, or 0.</param>
    public static OutputFile? Create(string path, WakeEvent cancel, out int error)
    {
        while (true)
        {
            DescriptorHandle? file = Files.Open(path, WriteOnly | CreateNew | Empty | Files.NonBlocking, Mode, out error);
            if (file is not null) return new OutputFile(file, cancel);
            if (error != -NoReader || !Files.IsFifo(path)) return null;
            Descriptors.Wait(null, PollEvents.None, cancel, out bool isCancelled, ReaderInterval);
            if (!isCancelled) continue;
            error = -Errno.Interrupted;
            return null;
        }
    }

    /// <summary>Writes all bytes.</summary>
    /// <returns>0, or a negated error number: <see cref="Errno.Canceled"/> after giving up.</returns>
    public int Write(ReadOnlySpan<byte> bytes)
    {
        Descriptors.Wait(null, PollEvents.None, _cancel, out bool isCancelled, 0);
        while (!bytes.IsEmpty && !isCancelled)
        {
            int written = Files.Write(_file, bytes);
            if (written >= 0) bytes = bytes[written..];
            else if (written != -Errno.TryAgain) return written;
            else Descriptors.Wait(_file, PollEvents.Writable, _cancel, out isCancelled);
        }

        return isCancelled ? -Errno.Canceled : 0;
    }

    /// <summary>Closes it.</summary>
    public void Dispose() => _file.Dispose();
}
