using Qmp.Emulator.Files;
using Qmp.Emulator.Options;
using Qmp.Protocol.Transport;
using Qmp.Types;

namespace Qmp.Emulator.Chardevs;

/// <summary>The character devices of an emulator, in the order in which they were made.</summary>
internal sealed class ChardevSet : IDisposable
{
    private readonly List<IdlePort> _ports = [];
    private volatile Chardev[] _all = [];

    /// <summary>All of them.</summary>
    public IReadOnlyList<Chardev> All => _all;

    /// <summary>Opens a device as the host has it: sockets, standard input and output, files.</summary>
    /// <param name="chardev">What it is.</param>
    /// <param name="report">Is told that nobody listens yet, where dialling goes on.</param>
    /// <exception cref="TransportException">The device cannot be opened.</exception>
    public static IConnectionSource OpenOnHost(ChardevOptions chardev, Action<string> report) => chardev switch
    {
        ChardevOptions.Socket socket => SocketChardev.Open(chardev.Id, socket.Value, report),
        ChardevOptions.Stdio => new SingleConnection(PipeConnection.StandardStreams(), isBlocking: true),
        ChardevOptions.File file => CreateFile(chardev.Id, file.Value),
        _ => new NoConnections(chardev.Id),
    };

    /// <summary>Adds a device.</summary>
    /// <param name="options">What it is.</param>
    /// <param name="open">Opens it.</param>
    /// <param name="attach">Makes its front end; without one, whoever connects is let in and not listened to.</param>
    /// <param name="isPort">Whether it is a port of the machine, where it has no other front end.</param>
    /// <exception cref="CommandLineException">The device cannot be opened.</exception>
    public Chardev Add(
        OptionValue<ChardevOptions> options,
        Func<ChardevOptions, IConnectionSource> open,
        Func<Chardev, IFrontEnd>? attach,
        bool isPort)
    {
        try
        {
            var chardev = new Chardev(options, open(options.Value));
            chardev.FrontEnd = attach?.Invoke(chardev) ?? Idle(chardev, isPort);
            _all = [.. _all, chardev];
            return chardev;
        }
        catch (TransportException e)
        {
            throw options.Error(e.Hint is null ? e.Message : $"{e.Message}\n{e.Hint}");
        }
    }

    /// <summary>Closes those that are no monitor's.</summary>
    public void Dispose() => _ports.ForEach(port => port.Dispose());

    private IdlePort Idle(Chardev chardev, bool isPort)
    {
        IdlePort port = IdlePort.Start(chardev.Connections, isPort);
        _ports.Add(port);
        return port;
    }

    // Nothing here writes to a port, but the file is there, as QEMU's is.
    private static NoConnections CreateFile(string id, ChardevFileOptions file)
    {
        try
        {
            using FileStream created = File.Open(
                file.Path!, file.Append == true ? FileMode.OpenOrCreate : FileMode.Create, FileAccess.Write, FileShare.ReadWrite);
            return new NoConnections(id);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new TransportException($"Could not create '{file.Path}': {FileErrors.Text(e)}");
        }
    }
}
