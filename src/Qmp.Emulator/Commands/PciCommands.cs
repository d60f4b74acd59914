using Qmp.Api;
using Qmp.Emulator.Devices;
using Qmp.Types;

namespace Qmp.Emulator.Commands;

/// <summary>The commands of pci.json.</summary>
internal sealed class PciCommands(PciView view) : IPciCommands
{
    public ValueTask<IReadOnlyList<PciInfo>> QueryPciAsync(QueryPciArguments arguments, CancellationToken cancellationToken) =>
        new(view.List());
}
