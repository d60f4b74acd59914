using Qmp.Api;
using Qmp.Protocol.Threading;
using Qmp.Server.Dispatch;
using Qmp.Types;

namespace Qmp.Emulator.HumanMonitor;

/// <summary>The commands of the human monitor about what follows from what happens to the guest.</summary>
internal sealed class HumanActionCommands(IRunStateCommands commands)
{
    public IReadOnlyList<HumanCommand> All { get; } =
    [
        new(["watchdog_action"], "[reset|shutdown|poweroff|pause|debug|none|inject-nmi]", "change watchdog action", async arguments =>
        {
            string text = arguments.Text();
            arguments.End();
            if (!WatchdogActionExtensions.TryParse(text, out WatchdogAction action)) throw new CommandException($"invalid parameter value: {text}");
            await commands.WatchdogSetActionAsync(new WatchdogSetActionArguments { Action = action }, CancellationToken.None).ConfigureAwait(OrderedContext.IsCurrent);
            return "";
        }),
    ];
}
