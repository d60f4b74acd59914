using Qmp.Api;
using Qmp.Emulator.Machines;
using Qmp.Server.Dispatch;
using Qmp.Types;

namespace Qmp.Emulator.Commands;

/// <summary>The commands of acpi.json. No guest here tells anything of the slots.</summary>
internal sealed class AcpiCommands(bool hasFirmware, MemoryDevices memory) : IAcpiCommands
{
    public ValueTask<IReadOnlyList<ACPIOSTInfo>> QueryAcpiOspmStatusAsync(
        QueryAcpiOspmStatusArguments arguments, CancellationToken cancellationToken) => hasFirmware
        ? new(memory.Slots())
        : throw new CommandException("command is not supported, missing ACPI device");
}
