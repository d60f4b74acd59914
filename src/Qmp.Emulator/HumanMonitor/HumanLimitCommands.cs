using Qmp.Migration.DirtyRate;
using Qmp.Migration.Status;

namespace Qmp.Emulator.HumanMonitor;

/// <summary>The commands of the human monitor about limits of the dirty rate, and about pairs of machines.</summary>
internal static class HumanLimitCommands
{
    private const string Hint = "[Please use 'info vcpu_dirty_limit' to query dirty limit for virtual CPU]\n";

    public static IReadOnlyList<HumanCommand> All { get; } =
    [
        new(
            ["set_vcpu_dirty_limit"],
            "dirty_rate [cpu_index]",
            "set dirty page rate limit, use cpu_index to set limit\n\t\t\t\t\t on a specified virtual cpu",
            SetLimit),
        new(
            ["cancel_vcpu_dirty_limit"],
            "[cpu_index]",
            "cancel dirty page rate limit, use cpu_index to cancel\n\t\t\t\t\t limit on a specified virtual cpu",
            CancelLimit),
        new(["x_colo_lost_heartbeat"], "", "Tell COLO that heartbeat is lost,\n\t\t\ta failover or takeover is needed.", LoseHeartbeat),
    ];

    private static ValueTask<string> SetLimit(HumanArguments arguments)
    {
        long rate = arguments.Integer();
        arguments.OptionalInteger();
        arguments.End();
        if (rate < 0) throw new MigrationException($"invalid dirty page limit {rate}");
        DirtyLimits.Set();
        return new ValueTask<string>(Hint);
    }

    private static ValueTask<string> CancelLimit(HumanArguments arguments)
    {
        arguments.OptionalInteger();
        arguments.End();
        DirtyLimits.Cancel();
        return new ValueTask<string>(Hint);
    }

    private static ValueTask<string> LoseHeartbeat(HumanArguments arguments)
    {
        arguments.End();
        Colo.LoseHeartbeat();
        return new ValueTask<string>("");
    }
}
