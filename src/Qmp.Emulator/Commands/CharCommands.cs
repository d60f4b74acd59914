using Qmp.Api;
using Qmp.Emulator.Chardevs;
using Qmp.Types;

namespace Qmp.Emulator.Commands;

/// <summary>The commands of char.json.</summary>
internal sealed class CharCommands(ChardevSet chardevs) : ICharCommands
{
    public ValueTask<IReadOnlyList<ChardevInfo>> QueryChardevAsync(
        QueryChardevArguments arguments, CancellationToken cancellationToken) =>
        new([
            .. chardevs.All.Select(c => new ChardevInfo
            {
                Label = c.Id,
                Filename = c.Description,
                FrontendOpen = c.FrontEnd.IsOpen,
            }),
        ]);
}
