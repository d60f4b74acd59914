using Qmp.Api;
using Qmp.Emulator.Machines;
using Qmp.Server.Dispatch;
using Qmp.Types;

namespace Qmp.Emulator.Commands;

/// <summary>The commands of net.json.</summary>
internal sealed class NetCommands(Networks networks) : INetCommands
{
    public ValueTask SetLinkAsync(SetLinkArguments arguments, CancellationToken cancellationToken)
    {
        networks.SetLink(arguments.Name);
        return ValueTask.CompletedTask;
    }

    public ValueTask NetdevAddAsync(Netdev arguments, CancellationToken cancellationToken)
    {
        networks.Add(arguments);
        return ValueTask.CompletedTask;
    }

    public ValueTask NetdevDelAsync(NetdevDelArguments arguments, CancellationToken cancellationToken)
    {
        networks.Remove(arguments.Id);
        return ValueTask.CompletedTask;
    }

    // Every network card of the machine announces itself; the cards here are names.
    public ValueTask AnnounceSelfAsync(AnnounceParameters arguments, CancellationToken cancellationToken) =>
        ValueTask.CompletedTask;

    // Cards here let nothing in, and QEMU leaves out those that cannot tell.
    public ValueTask<IReadOnlyList<RxFilterInfo>> QueryRxFilterAsync(QueryRxFilterArguments arguments, CancellationToken cancellationToken) =>
        arguments.Name is { } name && !networks.HasCard(name) ? throw new CommandException($"invalid net client name: {name}") : new([]);
}
