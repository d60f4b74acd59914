using Qmp.Api;
using Qmp.Emulator.Monitors;
using Qmp.Migration;
using Qmp.Protocol.Messages;
using Qmp.Server.Dispatch;
using Qmp.Types;

namespace Qmp.Emulator.Commands;

/// <summary>The commands of yank.json; they run out of band, so they only touch what any thread may.</summary>
internal sealed class YankCommands(MonitorList monitors, MigrationCore migration) : IYankOobCommands
{
    public ValueTask<IReadOnlyList<YankInstance>> QueryYankAsync(
        QueryYankArguments arguments, CancellationToken cancellationToken)
    {
        List<YankInstance> instances =
        [
            .. monitors.All.Where(m => m.IsSocket).Select(m => new YankInstance.Chardev
            {
                Value = new YankInstanceChardev { Id = m.ChardevId },
            }),
        ];
        if (migration.CanBeYanked) instances.Add(new YankInstance.Migration());
        return new(instances);
    }

    // All of them are found before the first one is cut.
    public ValueTask YankAsync(YankArguments arguments, CancellationToken cancellationToken)
    {
        Action[] cuts = [.. arguments.Instances.Select(Find)];
        foreach (Action cut in cuts) cut();
        return ValueTask.CompletedTask;
    }

    private Action Find(YankInstance instance) => instance switch
    {
        YankInstance.Chardev chardev
            when monitors.All.FirstOrDefault(m => m.IsSocket && m.ChardevId == chardev.Value.Id) is { } monitor =>
            monitor.Disconnect,
        YankInstance.Migration when migration.CanBeYanked => migration.Yank,
        _ => throw new CommandException(new QmpError("DeviceNotFound", "Instance not found")),
    };
}
