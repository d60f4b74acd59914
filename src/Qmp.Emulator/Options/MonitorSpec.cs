using Qmp.Emulator.Versions;
using Qmp.Types;

namespace Qmp.Emulator.Options;

/// <summary>A monitor that is asked for.</summary>
/// <param name="Id">Its name, such as <c>compat_monitor0</c>.</param>
/// <param name="ChardevId">Name of the character device that it talks over.</param>
/// <param name="Pretty">Whether output is indented.</param>
/// <param name="IsHuman">Whether people use it, instead of QMP clients.</param>
public sealed record MonitorSpec(string Id, string ChardevId, bool Pretty, bool IsHuman = false)
{
    private const string Unnamed = "compat_monitor";

    /// <summary>All monitors, in the order in which QEMU makes them: those of -mon, of options of their own, of -object.</summary>
    /// <exception cref="CommandLineException">A monitor's character device is not there, or has a front end already.</exception>
    internal static IReadOnlyList<MonitorSpec> All(
        GivenOptions given, IReadOnlyList<OptionValue<ChardevSpec>> chardevs, QemuVersion version, Action<string> warn)
    {
        var used = new HashSet<string>(StringComparer.Ordinal);
        IReadOnlyList<OptionValue<MonitorOptions>> own = given.All(OptionTable.CompatMonitor);
        IReadOnlyList<OptionValue<MonitorOptions>> explicitly = given.All(OptionTable.Monitor);
        int unnamed = own.Count(m => m.Value.Id!.StartsWith(Unnamed, StringComparison.Ordinal));
        if (version.MonitorsAreObjects && explicitly.Count > 0)
        {
            warn(explicitly[0].Error("warning: '-mon' is deprecated, use '-object' with 'monitor-hmp' or 'monitor-qmp' types instead").Message);
        }

        return
        [
            .. explicitly.Concat(own).Select(m => Of(m, Name(m.Value), chardevs, used)),
            .. given.All(OptionTable.Object).Select(made => Of(made.Value)).OfType<MonitorSpec>().Select(spec => Checked(spec, chardevs, used)),
        ];

        string Name(MonitorOptions monitor) => monitor.Id ?? (version.MonitorsAreObjects ? $"{Unnamed}{unnamed++}" : monitor.Chardev);
    }

    /// <summary>The monitor that an object is; <see langword="null"/> if it is none.</summary>
    internal static MonitorSpec? Of(ObjectOptions made) => made switch
    {
        ObjectOptions.MonitorQmp { Value: var qmp } => new MonitorSpec(made.Id, qmp.Chardev, qmp.Pretty == true),
        ObjectOptions.MonitorHmp { Value: var human } => new MonitorSpec(made.Id, human.Chardev, Pretty: false, IsHuman: true),
        _ => null,
    };

    /// <summary>The object that it is.</summary>
    internal ObjectOptions ToObject() => IsHuman
        ? new ObjectOptions.MonitorHmp { Id = Id, Value = new MonitorHmpProperties { Chardev = ChardevId } }
        : new ObjectOptions.MonitorQmp { Id = Id, Value = new MonitorQmpProperties { Chardev = ChardevId, Pretty = Pretty } };

    private static MonitorSpec Checked(MonitorSpec spec, IReadOnlyList<OptionValue<ChardevSpec>> chardevs, HashSet<string> used)
    {
        if (!chardevs.Any(c => c.Value.Id == spec.ChardevId)) throw new CommandLineException($"chardev \"{spec.ChardevId}\" not found");
        if (!used.Add(spec.ChardevId)) throw new CommandLineException($"chardev '{spec.ChardevId}' is already in use");
        return spec;
    }

    private static MonitorSpec Of(
        OptionValue<MonitorOptions> monitor, string name, IReadOnlyList<OptionValue<ChardevSpec>> chardevs, HashSet<string> used)
    {
        string id = monitor.Value.Chardev;
        if (!chardevs.Any(c => c.Value.Id == id)) throw monitor.Error($"chardev \"{id}\" not found");
        bool isHuman = monitor.Value.Mode != MonitorMode.Control;
        if (isHuman && monitor.Value.Pretty == true) throw monitor.Error("'pretty' is not compatible with HMP monitors");

        if (!used.Add(id)) throw monitor.Error($"chardev '{id}' is already in use");
        return new MonitorSpec(name, id, monitor.Value.Pretty ?? false, isHuman);
    }
}
