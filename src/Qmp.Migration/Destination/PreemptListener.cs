using Qmp.Machine.Time;
using Qmp.Migration.Channels;
using Qmp.Migration.Status;
using Qmp.Migration.Stream;

namespace Qmp.Migration.Destination;

/// <summary>Reads the pages that were asked for from a channel of their own, which comes behind all others.</summary>
/// <remarks>
/// Runs on an activity of its own, <c>mig/dst/preempt</c>, from the moment on at which pages can be asked for. A channel that
/// breaks is not the end of anything by itself: the source pauses then, and its next connections bring another.
/// </remarks>
internal sealed class PreemptListener
{
    private readonly DestinationAttempt _attempt;
    private readonly StreamLoader _loader;
    private readonly Waker _waker;
    private readonly Activity _activity;
    private readonly Lock _gate = new(); // guards what follows
    private IMigrationListener? _next;
    private IMigrationListener? _current;
    private bool _isEnding;

    /// <param name="attempt">The attempt.</param>
    /// <param name="loader">Loads its main stream.</param>
    /// <param name="listener">Where the channel comes to.</param>
    public PreemptListener(DestinationAttempt attempt, StreamLoader loader, IMigrationListener listener)
    {
        _attempt = attempt;
        _loader = loader;
        _next = listener;
        _waker = attempt.Machine.Timeline.CreateWaker();
        _activity = attempt.Machine.Timeline.Start("mig/dst/preempt", RunAsync);
    }

    /// <summary>Whether a channel has come and ended, and no other has come since.</summary>
    public bool IsOver { get; private set; }

    /// <summary>The main channel has come there anew, and this one follows it.</summary>
    public void Expect(IMigrationListener listener)
    {
        lock (_gate) _next = listener;
        _waker.Wake();
    }

    /// <summary>Nothing more is to be read.</summary>
    public async ValueTask EndAsync()
    {
        lock (_gate)
        {
            _isEnding = true;
            _current?.Dispose();
        }

        _attempt.Channels.Shutdown(ChannelRole.Preempt);
        _waker.Wake();
        await _activity.JoinAsync();
    }

    private async ValueTask RunAsync()
    {
        while (true)
        {
            lock (_gate)
            {
                if (_isEnding) return;
                (_current, _next) = (_next, null);
            }

            if (_current is { } listener) await TakeAsync(listener);
            else await _waker.WaitAsync();
        }
    }

    private async ValueTask TakeAsync(IMigrationListener listener)
    {
        IMigrationChannel? channel = await _attempt.AcceptAsync(listener);
        listener.Dispose();
        if (channel is null || !_attempt.Channels.TryAdd(channel, ChannelRole.Preempt)) return;
        IsOver = false;
        try
        {
            await _loader.LoadRequestedAsync(new MigrationReader(channel));
        }
        catch (Exception e) when (e is LoadException or ChannelException)
        {
            _attempt.Logger.Debug("postcopy_pause_fast_load {Error:l}", e.Message);
        }

        channel.Shutdown(); // what cannot be read is not to be sent either
        IsOver = true;
        _attempt.Interruption.Wake();
    }
}
