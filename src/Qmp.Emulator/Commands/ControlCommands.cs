using Qmp.Api;
using Qmp.Emulator.Catalogue;
using Qmp.Emulator.Control;
using Qmp.Server.Dispatch;
using Qmp.Types;

namespace Qmp.Emulator.Commands;

/// <summary>The commands of control.json; one instance a session.</summary>
internal sealed class ControlCommands : IControlCommands
{
    private readonly IMonitorSession _session;
    private readonly ShutdownController _shutdown;
    private readonly IReadOnlyList<string> _names;

    public ControlCommands(IMonitorSession session, ShutdownController shutdown, bool withSimulation)
    {
        _session = session;
        _shutdown = shutdown;
        _names = withSimulation ? QmpSchema.FullCommandNames : QmpSchema.CommandNames;
    }

    public ValueTask QmpCapabilitiesAsync(QmpCapabilitiesArguments arguments, CancellationToken cancellationToken)
    {
        _session.CompleteNegotiation(arguments.Enable?.Contains(QMPCapability.Oob) ?? false);
        return ValueTask.CompletedTask;
    }

    public ValueTask<VersionInfo> QueryVersionAsync(
        QueryVersionArguments arguments, CancellationToken cancellationToken) =>
        new(new VersionInfo
        {
            Qemu = new VersionTriple
            {
                Major = EmulatorVersion.Qemu.Major,
                Minor = EmulatorVersion.Qemu.Minor,
                Micro = EmulatorVersion.Qemu.Build,
            },
            Package = EmulatorVersion.Package,
        });

    // In the reverse order of registration, as QEMU lists them.
    public ValueTask<IReadOnlyList<CommandInfo>> QueryCommandsAsync(
        QueryCommandsArguments arguments, CancellationToken cancellationToken) =>
        new([.. _names.Reverse().Select(name => new CommandInfo { Name = name })]);

    public ValueTask QuitAsync(QuitArguments arguments, CancellationToken cancellationToken)
    {
        _shutdown.Quit(ShutdownCause.HostQmpQuit);
        return ValueTask.CompletedTask;
    }
}
