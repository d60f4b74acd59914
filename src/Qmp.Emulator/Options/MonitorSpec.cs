using Qmp.Types;

namespace Qmp.Emulator.Options;

/// <summary>A QMP monitor that is asked for.</summary>
/// <param name="Id">Its name, such as <c>compat_monitor0</c>.</param>
/// <param name="ChardevId">Name of the character device that it talks over.</param>
/// <param name="Chardev">What it talks over; <see langword="null"/> for standard input and output.</param>
/// <param name="Pretty">Whether output is indented.</param>
/// <param name="Option">The option, without its dash.</param>
/// <param name="Text">The option's argument, for messages.</param>
public sealed record MonitorSpec(
    string Id, string ChardevId, ChardevSocketOptions? Chardev, bool Pretty, string Option, string Text)
{
    /// <summary>A message about the option.</summary>
    internal string Message(string text) => CommandLineException.At(Option, Text, text).Message;

    /// <summary>All monitors: QEMU makes the character devices of -chardev before those that -qmp implies.</summary>
    internal static IReadOnlyList<MonitorSpec> All(GivenOptions given)
    {
        var chardevs = new Dictionary<string, ChardevOptions>(StringComparer.Ordinal);
        foreach (OptionValue<ChardevOptions> chardev in given.All(OptionTable.Chardev))
        {
            if (chardev.Value is ChardevOptions.Stdio && chardevs.Values.OfType<ChardevOptions.Stdio>().Any())
            {
                throw chardev.Error("cannot use stdio by multiple character devices");
            }

            chardevs[chardev.Value.Id] = chardev.Value;
        }

        var used = new HashSet<string>(StringComparer.Ordinal);
        return
        [
            .. given.All(OptionTable.Monitor).Concat(given.All(OptionTable.Qmp))
                .Select(monitor => Of(monitor, chardevs, used)),
        ];
    }

    private static MonitorSpec Of(
        OptionValue<MonitorOptions> monitor, Dictionary<string, ChardevOptions> chardevs, HashSet<string> used)
    {
        string id = monitor.Value.Chardev;
        if (!chardevs.TryGetValue(id, out ChardevOptions? chardev)) throw monitor.Error($"chardev \"{id}\" not found");
        if (monitor.Value.Mode != MonitorMode.Control)
        {
            throw monitor.Error("only QMP monitors (mode=control) are supported");
        }

        if (!used.Add(id)) throw monitor.Error($"chardev '{id}' is already in use");
        return new MonitorSpec(
            monitor.Value.Id ?? id,
            id,
            (chardev as ChardevOptions.Socket)?.Value,
            monitor.Value.Pretty ?? false,
            monitor.Option,
            monitor.Text);
    }
}
