using Qmp.Machine.Time;
using Qmp.Migration.Channels;
using Qmp.Migration.Faults;
using Qmp.Migration.ReturnPath;
using Qmp.Migration.Switchover;
using Serilog;

namespace Qmp.Migration.Source;

/// <summary>Reads the return path beside the migration, on an activity of its own.</summary>
internal sealed class ReturnPathActivity
{
    /// <summary>The destination shut the return path although the source still waits for its ack.</summary>
    public const string EndedWithoutAck = "Return path was shut before the switchover was acknowledged";

    /// <summary>The destination shut the return path before it answered.</summary>
    public const string EndedWithoutAnswer = "Return path was shut before the destination answered";

    private const string Underflow = "Switchover ack pending num underflowed";

    private readonly ReturnPathReader _reader;
    private readonly Activity _activity;
    private volatile bool _ended;
    private volatile bool _underflowed;
    private volatile string? _error;

    public ReturnPathActivity(
        Timeline timeline,
        IMigrationChannel channel,
        FaultSite faults,
        SwitchoverGate gate,
        Waker sender,
        Action<string> blame,
        ILogger logger,
        IPostcopyReplies? postcopy,
        Action<uint> ponged)
    {
        _reader = new ReturnPathReader(channel, faults, (message, value) =>
        {
            if (message == ReturnPathMessage.Pong)
            {
                logger.Debug("source_return_path_thread_pong {Value}", value);
                ponged(value);
                return null;
            }

            bool isAwaited = gate.Acknowledge(timeline.NowMilliseconds);
            logger.Debug(
                "source_return_path_thread_switchover_acked switchover_ack_pending_num {Outstanding}", gate.Outstanding);
            sender.Wake();
            if (isAwaited) return null;

            // QEMU shows this at once, beside a migration that goes on.
            IsUnderflowed = true;
            blame(Underflow);
            return Underflow;
        }, postcopy);
        _activity = timeline.Start("mig/src/return", async () =>
        {
            _error = await _reader.RunAsync();
            _ended = true;
            sender.Wake();
        });
    }

    /// <summary>Whether the destination has said that it runs the guest.</summary>
    public bool IsShut => _reader.IsShut;

    /// <summary>Changes a byte of what is read next.</summary>
    public void CorruptNext() => _reader.CorruptNext();

    /// <summary>Whether it ended because an ack came that nobody had asked for.</summary>
    public bool IsUnderflowed
    {
        get => _underflowed;
        private set => _underflowed = value;
    }

    /// <summary>
    /// Why nothing can be heard of the destination any more. An ack too many does not count: QEMU fails for it when all has
    /// been sent.
    /// </summary>
    public string? Loss => IsUnderflowed ? null : Error;

    /// <summary>Whether it reads no more.</summary>
    public bool IsEnded => _ended;

    /// <summary>Why it ended, if not by a SHUT that says all is well.</summary>
    public string? Error => _error;

    public ValueTask JoinAsync() => _activity.JoinAsync();
}
