using Qmp.Api;
using Qmp.Types;

namespace Qmp.Emulator.Commands;

/// <summary>The commands of net.json.</summary>
internal sealed class NetCommands : INetCommands
{
    // Every network card of the machine announces itself; this machine has none.
    public ValueTask AnnounceSelfAsync(AnnounceParameters arguments, CancellationToken cancellationToken) =>
        ValueTask.CompletedTask;
}
