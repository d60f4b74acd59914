using Qmp.Api;
using Qmp.Emulator.Monitors;
using Qmp.Types;

namespace Qmp.Emulator.Commands;

/// <summary>The commands of char.json.</summary>
internal sealed class CharCommands(MonitorList monitors) : ICharCommands
{
    public ValueTask<IReadOnlyList<ChardevInfo>> QueryChardevAsync(
        QueryChardevArguments arguments, CancellationToken cancellationToken) =>
        new([
            .. monitors.All.Select(m => new ChardevInfo
            {
                Label = m.ChardevId,
                Filename = m.Description,
                FrontendOpen = true,
            }),
        ]);
}
