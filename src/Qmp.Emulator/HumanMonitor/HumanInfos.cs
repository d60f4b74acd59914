using Qmp.Machine;
using Qmp.Migration;
using Qmp.Types;

namespace Qmp.Emulator.HumanMonitor;

/// <summary>What the human monitor's <c>info</c> knows.</summary>
internal sealed class HumanInfos
{
    public HumanInfos(VirtualMachine machine, MigrationCore migration)
    {
        All =
        [
            Info("status", "show the current VM status (running|paused)", () => Status(machine)),
            Info("version", "show the version of QEMU", () => $"{EmulatorVersion.Qemu}{EmulatorVersion.Package}\n"),
            Info("name", "show the current VM name", () => machine.Identity.Name is { } name ? $"{name}\n" : ""),
            Info("uuid", "show the current VM UUID", () => $"{machine.Identity.Uuid ?? Guid.Empty:D}\n"),
            Info("migrate", "show migration status", () => MigrationText.Of(migration.Query(), migration.OnlyMigratable)),
            Info(
                "migrate_capabilities",
                "show current migration capabilities",
                () => MigrationText.Of(migration.Options.Capabilities)),
            Info(
                "migrate_parameters",
                "show current migration parameters",
                () => ParametersText.Of(migration.Options.Parameters)),
        ];
    }

    public IReadOnlyList<HumanCommand> All { get; }

    private static HumanCommand Info(string name, string help, Func<string> text) => new(
        [name],
        "",
        help,
        arguments =>
        {
            arguments.End();
            return new ValueTask<string>(text());
        });

    private static string Status(VirtualMachine machine)
    {
        RunState state = machine.RunState;
        return state switch
        {
            RunState.Running => "VM status: running\n",
            RunState.Paused => "VM status: paused\n",
            _ => $"VM status: paused ({state.ToWireName()})\n",
        };
    }
}
