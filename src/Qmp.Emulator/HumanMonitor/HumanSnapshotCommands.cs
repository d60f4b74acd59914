using Qmp.Emulator.Blocks;
using Qmp.Protocol.Threading;

namespace Qmp.Emulator.HumanMonitor;

/// <summary>The commands of the human monitor about snapshots in images.</summary>
internal sealed class HumanSnapshotCommands
{
    public HumanSnapshotCommands(InternalSnapshots snapshots) => All =
    [
        new(["savevm"], "tag", "save a snapshot of the machine; one of that name goes", arguments =>
        {
            string? tag = arguments.OptionalText();
            arguments.End();
            snapshots.Save(tag, vmstate: null, devices: null, replaces: true);
            return new ValueTask<string>("");
        }),
        new(["loadvm"], "tag", "go back to a snapshot of the machine", async arguments =>
        {
            string tag = Last(arguments);
            await snapshots.StopAsync().ConfigureAwait(OrderedContext.IsCurrent);
            snapshots.Load(tag, vmstate: null, devices: null);
            return "";
        }),
        new(["delvm"], "tag", "delete a snapshot of the machine", arguments =>
        {
            snapshots.Delete(Last(arguments), devices: null);
            return new ValueTask<string>("");
        }),
    ];

    public IReadOnlyList<HumanCommand> All { get; }

    private static string Last(HumanArguments arguments)
    {
        string text = arguments.Text();
        arguments.End();
        return text;
    }
}
