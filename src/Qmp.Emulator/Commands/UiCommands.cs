using Qmp.Api;
using Qmp.Emulator.Machines;
using Qmp.Types;

namespace Qmp.Emulator.Commands;

/// <summary>The commands of ui.json. There is no screen; the keyboard of a PC brings a mouse.</summary>
internal sealed class UiCommands(BuiltMachine built) : IUiCommands
{
    private const string Mouse = "QEMU PS/2 Mouse";
    private const long Number = 2;

    public ValueTask<SpiceInfo> QuerySpiceAsync(QuerySpiceArguments arguments, CancellationToken cancellationToken) =>
        new(new SpiceInfo { Enabled = false, Migrated = false, MouseMode = SpiceQueryMouseMode.Client });

    public ValueTask<VncInfo> QueryVncAsync(QueryVncArguments arguments, CancellationToken cancellationToken) =>
        new(new VncInfo { Enabled = false });

    public ValueTask<IReadOnlyList<VncInfo2>> QueryVncServersAsync(
        QueryVncServersArguments arguments, CancellationToken cancellationToken) => new([]);

    public ValueTask<DisplayOptions> QueryDisplayOptionsAsync(QueryDisplayOptionsArguments arguments, CancellationToken cancellationToken) =>
        new(new DisplayOptions.None());

    public ValueTask<IReadOnlyList<MouseInfo>> QueryMiceAsync(QueryMiceArguments arguments, CancellationToken cancellationToken) =>
        built.Tree.Unattached.Children.Any(c => c.Type == "i8042")
            ? new([new MouseInfo { Name = Mouse, Index = Number, Current = true, Absolute = false }])
            : new([]);
}
