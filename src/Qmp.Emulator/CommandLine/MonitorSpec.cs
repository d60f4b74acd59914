using Qmp.Types;

namespace Qmp.Emulator.CommandLine;

/// <summary>A QMP monitor that is asked for.</summary>
/// <param name="Id">Its name, such as <c>compat_monitor0</c>.</param>
/// <param name="ChardevId">Name of the character device that it talks over.</param>
/// <param name="Chardev">What it talks over; <see langword="null"/> for standard input and output.</param>
/// <param name="Pretty">Whether output is indented.</param>
/// <param name="Option">The option, without its dash.</param>
/// <param name="Text">The option's argument, for messages.</param>
public sealed record MonitorSpec(
    string Id, string ChardevId, ChardevSocketOptions? Chardev, bool Pretty, string Option, string Text);
