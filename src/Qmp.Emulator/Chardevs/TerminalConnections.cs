using Qmp.Linux;
using Qmp.Protocol.Transport;

namespace Qmp.Emulator.Chardevs;

/// <summary>A pseudo-terminal: who opens it is the peer, until it is closed by all who have it open.</summary>
/// <remarks>
/// Nothing tells that a terminal was opened, so it is looked at again and again, as QEMU does. The terminal is raw: what
/// is typed arrives at once, and is not echoed by the kernel.
/// </remarks>
internal sealed class TerminalConnections : IConnectionSource
{
    private const int LookInterval = 200; // milliseconds; QEMU looks once a second

    private readonly Terminal _terminal;
    private readonly string? _link;
    private readonly WakeEvent _stop = new();
    private volatile bool _stopped;

    private TerminalConnections(Terminal terminal, string? link)
    {
        _terminal = terminal;
        _link = link;
    }

    /// <inheritdoc/>
    public string Name => _terminal.Path;

    /// <inheritdoc/>
    public bool IsBlocking => true;

    /// <summary>Makes a terminal.</summary>
    /// <param name="link">A symbolic link to make to it; <see langword="null"/> for none.</param>
    /// <exception cref="TransportException">There is no terminal, or the link cannot be made.</exception>
    public static TerminalConnections Open(string? link)
    {
        Terminal terminal = Terminal.Open(out int error)
            ?? throw new TransportException($"Failed to create PTY: {Errno.Text(error)}");
        if (link is not null && Qmp.Linux.Files.Link(terminal.Path, link) is var failed and < 0)
        {
            terminal.Dispose();
            throw new TransportException($"Failed to create PTY symlink: {Errno.Text(failed)}");
        }

        return new TerminalConnections(terminal, link);
    }

    private bool IsOpen => (Descriptors.Look(_terminal.Master, PollEvents.None) & PollEvents.Gone) == 0;

    /// <inheritdoc/>
    public ValueTask<IConnection?> AcceptAsync()
    {
        try
        {
            while (!_stopped)
            {
                if (IsOpen && Connect() is { } peer) return new(peer);
                Descriptors.Wait(null, PollEvents.None, _stop, out _, LookInterval);
            }
        }
        catch (ObjectDisposedException)
        {
            // Disposed while waiting: stopped.
        }

        return default;
    }

    /// <inheritdoc/>
    public void Stop()
    {
        _stopped = true;
        _stop.Set();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Stop();
        if (_link is not null) _ = Qmp.Linux.Files.Unlink(_link);
        _stop.Dispose();
        _terminal.Dispose();
    }

    private PipeConnection? Connect()
    {
        int number = Qmp.Linux.Files.Duplicate(_terminal.Master);
        if (number < 0) return null;
        var both = new DescriptorHandle(number, ownsHandle: true);
        return new PipeConnection(both, both, Name);
    }
}
