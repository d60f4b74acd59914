using Qmp.Migration.Rules;
using Qmp.Migration.SaveState;
using Qmp.Migration.Status;
using Serilog;

namespace Qmp.Migration.Switchover;

/// <summary>Counts the devices that have yet to approve the switchover, or hands each approval on.</summary>
internal sealed class SwitchoverAcks
{
    private readonly Lock _gate = new(); // guards what follows: devices approve on several activities
    private readonly SwitchoverAckMode _mode;
    private readonly ILogger _logger;
    private int _pending;
    private int _approvals;

    /// <summary>The acks of one attempt.</summary>
    /// <param name="enabled">Whether the source waits for any, by capability.</param>
    /// <param name="mode">Who counts them.</param>
    /// <param name="entries">What has devices that approve.</param>
    /// <param name="logger">The log.</param>
    public SwitchoverAcks(bool enabled, SwitchoverAckMode mode, SaveStateEntries entries, ILogger logger)
    {
        IsEnabled = enabled;
        _mode = mode;
        _logger = logger;
        if (!enabled || mode == SwitchoverAckMode.Each) return;
        foreach (SaveStateEntry entry in entries.All.Where(e => e.NeedsSwitchoverAck))
        {
            _pending++;
            if (mode == SwitchoverAckMode.One) continue;
            logger.Debug(
                "migration_request_switchover_ack_legacy Requester {Requester:l}, switchover_ack_pending_num_legacy {Pending}",
                entry.OwnerName,
                _pending);
        }
    }

    /// <summary>Whether the source waits for acks, by capability.</summary>
    public bool IsEnabled { get; }

    /// <summary>Whether the ack goes out as soon as the return path is open.</summary>
    public bool NobodyWaits
    {
        get
        {
            lock (_gate) return IsEnabled && _mode != SwitchoverAckMode.Each && _pending == 0;
        }
    }

    /// <summary>How often devices have approved.</summary>
    public int Approvals
    {
        get
        {
            lock (_gate) return _approvals;
        }
    }

    /// <summary>One device approves.</summary>
    /// <param name="approver">Its name.</param>
    /// <returns>Whether the source is to be told.</returns>
    /// <exception cref="LoadException">More devices approved than wanted to.</exception>
    public bool Approve(string approver)
    {
        if (!IsEnabled) return false;
        lock (_gate)
        {
            if (_mode == SwitchoverAckMode.Each)
            {
                _approvals++;
                _logger.Debug("loadvm_approve_switchover Approver {Approver:l}", approver);
                return true;
            }

            if (_pending == 0) throw TooMany(approver);
            _pending--;
            _approvals++;
            if (_mode == SwitchoverAckMode.One)
            {
                _logger.Debug("loadvm_approve_switchover Switchover ack pending num={Pending}", _pending);
            }
            else
            {
                _logger.Debug(
                    "loadvm_approve_switchover_legacy Approver {Approver:l}, switchover_ack_pending_num_legacy {Pending}",
                    approver,
                    _pending);
            }

            return _pending == 0;
        }
    }

    private static LoadException TooMany(string approver) =>
        new LoadException(Errno.Invalid, "Switchover ack pending num is already 0. Can't decrease any further").Because(
            $"{approver}: qemu_loadvm_approve_switchover failed, err={-(int)Errno.Invalid} ({Errno.Invalid.Text()})");
}
