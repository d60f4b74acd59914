using System.IO.Pipes;
using Microsoft.Win32.SafeHandles;

namespace Qmp.Conversations.Replay;

/// <summary>Opens what is passed to emulators as descriptors.</summary>
internal sealed class PassedDescriptors
{
    private readonly List<Task> _drains = [];

    /// <summary>Opens files. Whoever has passed them disposes them.</summary>
    public SafeFileHandle[] Open(IReadOnlyList<PassedFile> files) =>
        [.. files.Select(file => file == PassedFile.Drain ? OpenDrain() : OpenNull())];

    /// <summary>Ends when all pipes were read to their end: when no emulator holds one any more.</summary>
    public Task WhenDrained() => Task.WhenAll(_drains);

    private static SafeFileHandle OpenNull() =>
        File.OpenHandle("/dev/null", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);

    private static async Task DrainAsync(AnonymousPipeServerStream pipe)
    {
        await using (pipe.ConfigureAwait(false)) await pipe.CopyToAsync(Stream.Null).ConfigureAwait(false);
    }

    private SafeFileHandle OpenDrain()
    {
        var pipe = new AnonymousPipeServerStream(PipeDirection.In);
        var handle = new SafeFileHandle(pipe.ClientSafePipeHandle.DangerousGetHandle(), ownsHandle: true);
        pipe.ClientSafePipeHandle.SetHandleAsInvalid();
        _drains.Add(DrainAsync(pipe));
        return handle;
    }
}
