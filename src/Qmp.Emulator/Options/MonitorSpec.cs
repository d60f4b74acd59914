using Qmp.Types;

namespace Qmp.Emulator.Options;

/// <summary>A QMP monitor that is asked for.</summary>
/// <param name="Id">Its name, such as <c>compat_monitor0</c>.</param>
/// <param name="ChardevId">Name of the character device that it talks over.</param>
/// <param name="Pretty">Whether output is indented.</param>
public sealed record MonitorSpec(string Id, string ChardevId, bool Pretty)
{
    /// <summary>All monitors, those of -mon first, as QEMU makes them.</summary>
    /// <exception cref="CommandLineException">A monitor's character device is not there, or has a front end already.</exception>
    internal static IReadOnlyList<MonitorSpec> All(GivenOptions given, IReadOnlyList<OptionValue<ChardevOptions>> chardevs)
    {
        var used = new HashSet<string>(StringComparer.Ordinal);
        return [.. given.All(OptionTable.Monitor).Concat(given.All(OptionTable.Qmp)).Select(m => Of(m, chardevs, used))];
    }

    private static MonitorSpec Of(
        OptionValue<MonitorOptions> monitor, IReadOnlyList<OptionValue<ChardevOptions>> chardevs, HashSet<string> used)
    {
        string id = monitor.Value.Chardev;
        if (!chardevs.Any(c => c.Value.Id == id)) throw monitor.Error($"chardev \"{id}\" not found");
        if (monitor.Value.Mode != MonitorMode.Control)
        {
            throw monitor.Error("only QMP monitors (mode=control) are supported");
        }

        if (!used.Add(id)) throw monitor.Error($"chardev '{id}' is already in use");
        return new MonitorSpec(monitor.Value.Id ?? id, id, monitor.Value.Pretty ?? false);
    }
}
