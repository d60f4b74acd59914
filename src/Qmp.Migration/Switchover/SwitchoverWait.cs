using Qmp.Migration.Rules;
using Serilog;

namespace Qmp.Migration.Switchover;

/// <summary>Says in the log, once a migration, why a switchover may wait for ever: the two ends count differently.</summary>
internal sealed class SwitchoverWait(SwitchoverGate gate, SwitchoverAckMode mode, ILogger logger)
{
    /// <summary>How many milliseconds of waiting are nothing to be told of.</summary>
    private const long Patience = 5000;

    private bool _isTold;

    /// <summary>Tells it if it is time to.</summary>
    public void Look(long now)
    {
        if (_isTold || gate.WaitingSince is not { } since || now - since < Patience) return;
        _isTold = true;
        logger.Warning(
            "the switchover has waited {Seconds} s for {Outstanding} ack(s) of the destination; {Hint:l}",
            (now - since) / 1000,
            gate.Outstanding,
            mode == SwitchoverAckMode.Each
                ? "this source wants one for each request of a device, and a destination of QEMU 10.0, or with "
                    + "switchover-ack-legacy=on, sends one in all: give this end -global migration.switchover-ack-legacy=on"
                : "this source wants one in all, and a destination of QEMU 11.1 with switchover-ack-legacy=off sends one for "
                    + "each device that is told so by the source: give that end -global migration.switchover-ack-legacy=on");
    }
}
