using Qmp.Api;
using Qmp.Emulator.Catalogue;
using Qmp.Emulator.Control;
using Qmp.Emulator.Versions;
using Qmp.Server.Dispatch;
using Qmp.Types;
using CompatPolicy = Qmp.Protocol.Visitors.CompatPolicy;

namespace Qmp.Emulator.Commands;

/// <summary>The commands of control.json; one instance a session.</summary>
internal sealed class ControlCommands : IControlCommands
{
    private readonly IMonitorSession _session;
    private readonly ShutdownController _shutdown;
    private readonly QemuVersion _version;
    private readonly CompatPolicy _policy;

    public ControlCommands(IMonitorSession session, ShutdownController shutdown, QemuVersion version, CompatPolicy policy)
    {
        _session = session;
        _shutdown = shutdown;
        _version = version;
        _policy = policy;
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
                Major = _version.Release.Major,
                Minor = _version.Release.Minor,
                Micro = _version.Release.Build,
            },
            Package = EmulatorVersion.Package,
        });

    // In QEMU's order, which is that of its build; our own come last.
    public ValueTask<IReadOnlyList<CommandInfo>> QueryCommandsAsync(
        QueryCommandsArguments arguments, CancellationToken cancellationToken)
    {
        List<string?> order = [.. _version.Recorded.Commands.Select(name => (string?)name)];
        return new([.. from command in QmpSchema.CommandNames.Reverse()
                       where !_policy.Lacks(command.Features)
                       orderby order.IndexOf(command.Name) is var place and >= 0 ? place : order.Count
                       select new CommandInfo { Name = command.Name }]);
    }

    public ValueTask QuitAsync(QuitArguments arguments, CancellationToken cancellationToken)
    {
        _shutdown.Quit(ShutdownCause.HostQmpQuit);
        return ValueTask.CompletedTask;
    }
}
