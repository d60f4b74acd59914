using System.Globalization;
using Qmp.Emulator.Options;
using Qmp.Linux.Addresses;
using Qmp.Protocol.Transport;
using Qmp.Types;

namespace Qmp.Emulator.Chardevs;

/// <summary>A character device: where bytes come from and go to. Its front end disposes of its connections.</summary>
internal sealed class Chardev
{
    private readonly OptionValue<ChardevOptions> _options;
    private readonly ChardevSocketOptions? _socket;
    private readonly string _file; // what its file is called while a peer is connected

    /// <summary>A device that is open.</summary>
    /// <param name="options">What it is.</param>
    /// <param name="opened">Where its peers come from.</param>
    /// <exception cref="TransportException">Its log cannot be opened.</exception>
    public Chardev(OptionValue<ChardevOptions> options, IConnectionSource opened)
    {
        _options = options;
        _socket = (options.Value as ChardevOptions.Socket)?.Value;
        _file = _socket is null
            ? options.Value.Backend.ToWireName()
            : AddressOf(_socket, opened) + (_socket.Server == true ? ",server=on" : "");
        (string? log, bool appends) = LogOf(options.Value);
        Connections = log is null ? opened : LoggedConnections.Wrap(opened, log, appends);
    }

    /// <summary>Its kind, as options name it.</summary>
    public string Kind => _options.Value.Backend.ToWireName();

    /// <summary>Its name.</summary>
    public string Id => _options.Value.Id;

    /// <summary>Where its peers come from.</summary>
    public IConnectionSource Connections { get; }

    /// <summary>What uses it; set once, before anything is asked of it.</summary>
    public IFrontEnd FrontEnd { get; set; } = null!;

    /// <summary>Whether it is a socket, so that it can be yanked.</summary>
    public bool IsSocket => _socket is not null;

    /// <summary>Whether the machine starts only when a peer is there.</summary>
    public bool WaitsForClient => _socket is { Server: true, Wait: not false };

    /// <summary>What <c>query-chardev</c> calls its file.</summary>
    public string Description => _socket is null || FrontEnd.IsConnected ? _file : "disconnected:" + _file;

    /// <summary>A message about the option that made it.</summary>
    public string Message(string text) => _options.Error(text).Message;

    // A listener knows better which port, or which name, it was given.
    private static string AddressOf(ChardevSocketOptions socket, IConnectionSource opened) => socket.Fd is { } descriptor
        ? $"fd:{descriptor}"
        : Text(opened is SocketListener { Addresses: [var first, ..] } ? first : SocketChardev.AddressOf(socket));

    private static string Text(StreamAddress address) => address switch
    {
        StreamAddress.Unix unix => $"unix:{unix.Path}",
        StreamAddress.Inet { Host: var host } inet when host.Contains(':', StringComparison.Ordinal) =>
            string.Create(CultureInfo.InvariantCulture, $"tcp:[{host}]:{inet.Port}"),
        _ => $"tcp:{address}",
    };

    private static (string? Path, bool Appends) LogOf(ChardevOptions chardev) => chardev switch
    {
        ChardevOptions.Socket { Value: var socket } => (socket.Logfile, socket.Logappend == true),
        ChardevOptions.Stdio { Value: var stdio } => (stdio.Logfile, stdio.Logappend == true),
        ChardevOptions.File { Value: var file } => (file.Logfile, file.Logappend == true),
        ChardevOptions.Null { Value: var nothing } => (nothing.Logfile, nothing.Logappend == true),
        _ => (null, false),
    };
}
