using System.Globalization;
using System.Text;
using Qmp.Emulator.Catalogue;
using Qmp.Emulator.Chardevs;
using Qmp.Emulator.Dumps;
using Qmp.Emulator.Machines;
using Qmp.Machine;
using Qmp.Migration;
using Qmp.Migration.DirtyRate;
using Qmp.Types;

namespace Qmp.Emulator.HumanMonitor;

/// <summary>What the human monitor's <c>info</c> knows.</summary>
internal sealed class HumanInfos
{
    public HumanInfos(BuiltMachine built, ChardevSet chardevs, MemoryDump dump)
    {
        (VirtualMachine machine, MigrationCore migration) = (built.Machine, built.Migration);
        All =
        [
            Info("status", "show the current VM status (running|paused)", () => Status(machine)),
            Info("version", "show the version of QEMU", () => $"{built.Version.Release}{EmulatorVersion.Package}\n"),
            Info("name", "show the current VM name", () => machine.Identity.Name is { } name ? $"{name}\n" : ""),
            Info("uuid", "show the current VM UUID", () => $"{machine.Identity.Uuid ?? Guid.Empty:D}\n"),
            Info("kvm", "show KVM information", () => "kvm support: disabled\n"),
            Info("chardev", "show the character devices", () => string.Concat(chardevs.All.Select(c => $"{c.Id}: filename={c.Description}\n"))),
            Info("dump", "Display the latest dump status", () => DumpStatusText(dump.Query())),
            built.Version.GroupsMigrationText
                ? GroupedMigration(migration)
                : Info("migrate", "show migration status", () => MigrationText.Of(migration.Query(), migration.Options, migration.Blockers.OnlyMigratable)),
            Info(
                "migrate_capabilities",
                "show current migration capabilities",
                () => MigrationText.OfCapabilities(migration.Options)),
            Info(
                "migrate_parameters",
                "show current migration parameters",
                () => ParametersText.Of(migration.Options)),
            Info("dirty_rate", "show dirty rate information", () => DirtyRate(migration.DirtyRate.Query(TimeUnit.Second))),
            Info("vcpu_dirty_limit", "show dirty page limit information of all vCPU", () => DirtyLimit(DirtyLimits.All)),
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

    private static HumanCommand GroupedMigration(MigrationCore migration) => new(
        ["migrate"],
        "[-a]",
        "show migration status (-a: all, dump all status)",
        arguments =>
        {
            bool showsAll = arguments.Flags("a").Contains('a');
            arguments.End();
            MigrationInfo info = migration.Query();
            return new ValueTask<string>(GroupedMigrationText.Of(info, migration.Options, showsAll ? migration.Blockers.OnlyMigratable : null));
        });

    private static string DumpStatusText(DumpQueryResult dump)
    {
        string status = $"Status: {dump.Status.ToWireName()}\n";
        if (dump.Status != DumpStatus.Active) return status;
        return status + string.Create(CultureInfo.InvariantCulture, $"Finished: {100.0 * dump.Completed / dump.Total:F2} %\n");
    }

    private static string DirtyRate(DirtyRateInfo info)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"Status: {info.Status.ToWireName()}\n");
        text.Append(CultureInfo.InvariantCulture, $"Start Time: {info.StartTime} (ms)\n");
        if (info.Mode == DirtyRateMeasureMode.PageSampling)
        {
            text.Append(CultureInfo.InvariantCulture, $"Sample Pages: {info.SamplePages} (per GB)\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"Period: {info.CalcTime} (sec)\n");
        text.Append(CultureInfo.InvariantCulture, $"Mode: {info.Mode.ToWireName()}\n");
        return text.Append("Dirty rate: ")
            .Append(info.DirtyRate is { } rate ? string.Create(CultureInfo.InvariantCulture, $"{rate} (MB/s)\n") : "(not ready)\n")
            .ToString();
    }

    private static string DirtyLimit(IReadOnlyList<DirtyLimitInfo> limits) => limits.Count == 0
        ? "Dirty page limit not enabled!\n"
        : string.Concat(limits.Select(limit => string.Create(
            CultureInfo.InvariantCulture,
            $"vcpu[{limit.CpuIndex}], limit rate {limit.LimitRate} (MB/s), current rate {limit.CurrentRate} (MB/s)\n")));

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
