using System.Globalization;
using Qmp.Emulator.Options;
using Qmp.Emulator.Descriptors;
using Qmp.Machine.Time;
using Qmp.Migration.Channels;
using Qmp.Migration.Channels.Posix;
using Qmp.Protocol.Transport;
using Serilog;

namespace Qmp.Emulator;

/// <summary>What an emulator needs of the world around it.</summary>
public sealed record EmulatorPorts
{
    /// <summary>The clock, and where activities run.</summary>
    public required Timeline Timeline { get; init; }

    /// <summary>Connects to other machines.</summary>
    public required IMigrationTransport Transport { get; init; }

    /// <summary>Descriptors that clients pass.</summary>
    public required PassedDescriptors Descriptors { get; init; }

    /// <summary>The log.</summary>
    public required ILogger Logger { get; init; }

    /// <summary>Waits for the clients of a monitor.</summary>
    public required Func<MonitorSpec, IConnectionSource> Listen { get; init; }

    /// <summary>Tells standard error, at once and without the program's name, what is neither a failure nor for the log.</summary>
    public Action<string> Report { get; init; } = _ => { };

    /// <summary>Does what may block elsewhere, so that whoever asks can do other things meanwhile.</summary>
    public Func<Action, Task> Offload { get; init; } = Task.Run;

    /// <summary>Real threads, sockets and files.</summary>
    public static EmulatorPorts Real(TimeProvider clock, ILogger logger)
    {
        var descriptors = new PassedDescriptors();
        return new EmulatorPorts
        {
            Timeline = new ThreadTimeline(clock, logger),
            Transport = new PosixTransport(descriptors),
            Descriptors = descriptors,
            Logger = logger,
            Listen = ListenOn,
        };
    }

    private static IConnectionSource ListenOn(MonitorSpec spec)
    {
        if (spec.Chardev is not { } socket) return new SingleConnection(PipeConnection.StandardStreams(), isBlocking: true);
        if (socket.Server != true) throw new TransportException("only listening sockets (server=on) are supported");
        if (socket.Fd is { } fd)
        {
            return int.TryParse(fd, NumberStyles.None, CultureInfo.InvariantCulture, out int descriptor)
                ? SocketListener.FromDescriptor(descriptor)
                : throw new TransportException($"Unable to parse FD number {fd}");
        }

        if (socket.Path is { } path) return SocketListener.Unix(path);
        return ushort.TryParse(socket.Port, NumberStyles.None, CultureInfo.InvariantCulture, out ushort port)
            ? SocketListener.Tcp(socket.Host ?? "", port)
            : throw new TransportException("Parameter 'port' expects a number");
    }
}
