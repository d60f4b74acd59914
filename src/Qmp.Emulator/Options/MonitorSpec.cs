using Qmp.Types;

namespace Qmp.Emulator.Options;

/// <summary>A monitor that is asked for.</summary>
/// <param name="Id">Its name, such as <c>compat_monitor0</c>.</param>
/// <param name="ChardevId">Name of the character device that it talks over.</param>
/// <param name="Pretty">Whether output is indented.</param>
/// <param name="IsHuman">Whether people use it, instead of QMP clients.</param>
public sealed record MonitorSpec(string Id, string ChardevId, bool Pretty, bool IsHuman = false)
{
    /// <summary>All monitors, those of -mon first, as QEMU makes them.</summary>
    /// <exception cref="CommandLineException">A monitor's character device is not there, or has a front end already.</exception>
    internal static IReadOnlyList<MonitorSpec> All(GivenOptions given, IReadOnlyList<OptionValue<ChardevSpec>> chardevs)
    {
        var used = new HashSet<string>(StringComparer.Ordinal);
        return [.. given.All(OptionTable.Monitor).Concat(given.All(OptionTable.CompatMonitor)).Select(m => Of(m, chardevs, used))];
    }

    private static MonitorSpec Of(
        OptionValue<MonitorOptions> monitor, IReadOnlyList<OptionValue<ChardevSpec>> chardevs, HashSet<string> used)
    {
        string id = monitor.Value.Chardev;
        if (!chardevs.Any(c => c.Value.Id == id)) throw monitor.Error($"chardev \"{id}\" not found");
        bool isHuman = monitor.Value.Mode != MonitorMode.Control;
        if (isHuman && monitor.Value.Pretty == true) throw monitor.Error("'pretty' is not compatible with HMP monitors");

        if (!used.Add(id)) throw monitor.Error($"chardev '{id}' is already in use");
        return new MonitorSpec(monitor.Value.Id ?? id, id, monitor.Value.Pretty ?? false, isHuman);
    }
}
