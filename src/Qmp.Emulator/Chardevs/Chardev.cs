using Qmp.Emulator.Options;
using Qmp.Protocol.Transport;
using Qmp.Types;

namespace Qmp.Emulator.Chardevs;

/// <summary>A character device: where bytes come from and go to. Its front end disposes of its connections.</summary>
internal sealed class Chardev
{
    private readonly ChardevBackend _backend;
    private readonly string _file; // what its file is called while a peer is connected

    /// <summary>A device that is open.</summary>
    /// <param name="spec">What it is.</param>
    /// <param name="opened">The same, open.</param>
    /// <param name="time">What its log is stamped with.</param>
    /// <exception cref="TransportException">Its log cannot be opened.</exception>
    public Chardev(ChardevSpec spec, OpenedChardev opened, TimeProvider time)
    {
        Spec = spec;
        Id = spec.Id;
        _backend = spec.Backend;
        _file = opened.File ?? _backend.Type.ToWireName();
        Terminal = opened.Terminal;
        Ring = opened.Ring;
        LogSpec? log = ChardevKinds.LogOf(_backend);
        Connections = log is null ? opened.Connections : LoggedConnections.Wrap(opened.Connections, log, time);
    }

    /// <summary>What it is.</summary>
    public ChardevSpec Spec { get; }

    /// <summary>Its kind, as options name it.</summary>
    public string Kind => _backend.Type.ToWireName();

    /// <summary>Its name.</summary>
    public string Id { get; }

    /// <summary>The name of its terminal, where it is one.</summary>
    public string? Terminal { get; }

    /// <summary>The bytes that it keeps, where it is a ring buffer.</summary>
    public RingBuffer? Ring { get; }

    /// <summary>Where its peers come from.</summary>
    public IConnectionSource Connections { get; }

    /// <summary>What uses it; set once, before anything is asked of it.</summary>
    public IFrontEnd FrontEnd { get; set; } = null!;

    /// <summary>Whether it is a socket, so that it can be yanked.</summary>
    public bool IsSocket => _backend is ChardevBackend.Socket;

    /// <summary>Whether it is standard input and output, of which there is one.</summary>
    public bool IsStdio => _backend is ChardevBackend.Stdio;

    /// <summary>Whether the machine starts only when a peer is there.</summary>
    public bool WaitsForClient => _backend is ChardevBackend.Socket { Value.Data: { Server: not false, Wait: true } };

    /// <summary>What <c>query-chardev</c> calls its file.</summary>
    public string Description => !IsSocket || FrontEnd.IsConnected ? _file : "disconnected:" + _file;
}
