using Qmp.Api;
using Qmp.Emulator.Chardevs;
using Qmp.Migration;
using Qmp.Protocol.Messages;
using Qmp.Server.Dispatch;
using Qmp.Types;

namespace Qmp.Emulator.Commands;

/// <summary>The commands of yank.json; they run out of band, so they only touch what any thread may.</summary>
internal sealed class YankCommands(ChardevSet chardevs, MigrationCore migration) : IYankOobCommands
{
    public ValueTask<IReadOnlyList<YankInstance>> QueryYankAsync(
        QueryYankArguments arguments, CancellationToken cancellationToken)
    {
        List<YankInstance> instances =
        [
            .. chardevs.All.Where(c => c.IsSocket).Select(c => new YankInstance.Chardev
            {
                Value = new YankInstanceChardev { Id = c.Id },
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
            when chardevs.All.FirstOrDefault(c => c.IsSocket && c.Id == chardev.Value.Id) is { } found =>
            found.FrontEnd.Disconnect,
        YankInstance.Migration when migration.CanBeYanked => migration.Yank,
        _ => throw new CommandException(new QmpError("DeviceNotFound", "Instance not found")),
    };
}
