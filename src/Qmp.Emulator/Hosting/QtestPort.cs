using Qmp.Emulator.Chardevs;
using Qmp.Emulator.Logging;
using Qmp.Emulator.Machines;
using Qmp.Emulator.Options;
using Qmp.Emulator.Qtest;
using Qmp.Server.Dispatch;

namespace Qmp.Emulator.Hosting;

/// <summary>What <c>-qtest</c> asks for; nothing without it.</summary>
internal sealed class QtestPort : IDisposable
{
    private readonly string? _chardev;
    private readonly Func<Chardev, IFrontEnd>? _attach;
    private readonly QtestLog? _log;

    private QtestPort(string? chardev, Func<Chardev, IFrontEnd>? attach, QtestLog? log) => (_chardev, _attach, _log) = (chardev, attach, log);

    /// <exception cref="CommandLineException">Its log cannot be written.</exception>
    public static QtestPort Create(EmulatorOptions options, BuiltMachine built, ICommandQueue queue, EmulatorPorts ports)
    {
        if (options.Given.Last(GuestOptionTable.Qtest) is not { } qtest) return new QtestPort(null, null, null);
        QtestLog log;
        try
        {
            Serilog.ILogger errors = StandardErrorLine.WithoutProgram(ports.Logger);
            log = new QtestLog(options.Given.Last(GuestOptionTable.QtestLog)?.Value, line => errors.Warning("{Text:l}", line), ports.Timeline.Clock);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw options.Given.Last(GuestOptionTable.QtestLog)!.Error(Files.FileErrors.Text(e));
        }

        var commands = new QtestCommands(built.Machine.Memory, built.Tree, built.Type, built.Hardware);
        return new QtestPort(qtest.Value, chardev => QtestFrontEnd.Start(chardev.Connections, commands, queue, log), log);
    }

    /// <summary>Makes the front end of a character device; <see langword="null"/> if it is another one's.</summary>
    public Func<Chardev, IFrontEnd>? Of(string chardev) => chardev == _chardev ? _attach : null;

    /// <inheritdoc/>
    public void Dispose() => _log?.Dispose();
}
