using Qmp.Emulator.Chardevs;
using Qmp.Emulator.Files;
using Qmp.Emulator.Machines;
using Qmp.Emulator.Options;
using Qmp.Machine.Time;
using Qmp.Migration.Channels;
using Qmp.Migration.Channels.Posix;
using Serilog;

namespace Qmp.Emulator.Hosting;

/// <summary>What an emulator needs of the world around it.</summary>
public sealed record EmulatorPorts
{
    /// <summary>The clock, and where activities run.</summary>
    public required Timeline Timeline { get; init; }

    /// <summary>Connects to other machines.</summary>
    public required IMigrationConnector Connector { get; init; }

    /// <summary>Descriptors that clients pass.</summary>
    public required PassedDescriptors Descriptors { get; init; }

    /// <summary>The log.</summary>
    public required ILogger Logger { get; init; }

    /// <summary>Opens a character device.</summary>
    public required Func<ChardevSpec, OpenedChardev> OpenChardev { get; init; }

    /// <summary>What TLS is made of: filled by the machine, used by whoever makes connections for it.</summary>
    public required TlsObjects Tls { get; init; }

    /// <summary>Tells standard error, at once and without the program's name, what is neither a failure nor for the log.</summary>
    public required Action<string> Report { get; init; }

    /// <summary>Tells standard output where a terminal is, which people connect to.</summary>
    public Action<string> Announce { get; init; } = _ => { };

    /// <summary>Runs work that may block on another thread, so that the caller can do other things meanwhile.</summary>
    public Func<Func<ValueTask>, Task> Offload { get; init; } = work => Task.Run(() => work().AsTask());

    /// <summary>Real threads, sockets and files.</summary>
    /// <param name="clock">The clock.</param>
    /// <param name="logger">The log.</param>
    /// <param name="report">See <see cref="Report"/>.</param>
    public static EmulatorPorts Real(TimeProvider clock, ILogger logger, Action<string> report)
    {
        var descriptors = new PassedDescriptors();
        var tls = new TlsObjects(clock, logger);
        return new EmulatorPorts
        {
            Timeline = new ThreadTimeline(clock, logger),
            Connector = new PosixConnector(descriptors),
            Descriptors = descriptors,
            Logger = logger,
            Tls = tls,
            Report = report,
            OpenChardev = chardev => new HostChardevs(descriptors, tls, report).Open(chardev.Id, chardev.Backend),
        };
    }
}
