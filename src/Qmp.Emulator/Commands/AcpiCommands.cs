using Qmp.Api;
using Qmp.Server.Dispatch;
using Qmp.Types;

namespace Qmp.Emulator.Commands;

/// <summary>The commands of acpi.json. The firmware of PCs tells of slots only where there are any, and no guest here asks.</summary>
internal sealed class AcpiCommands(bool hasFirmware) : IAcpiCommands
{
    public ValueTask<IReadOnlyList<ACPIOSTInfo>> QueryAcpiOspmStatusAsync(
        QueryAcpiOspmStatusArguments arguments, CancellationToken cancellationToken) => hasFirmware
        ? new([])
        : throw new CommandException("command is not supported, missing ACPI device");
}
