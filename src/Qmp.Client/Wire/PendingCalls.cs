namespace Qmp.Client.Wire;

/// <summary>The calls of a connection that wait for a reply, by id.</summary>
internal sealed class PendingCalls
{
    private readonly Lock _gate = new();

    // All guarded by _gate. What was abandoned is remembered to tell a late reply from a wrong one.
    private readonly Dictionary<long, PendingCall> _calls = [];
    private readonly HashSet<long> _abandoned = [];
    private QmpDisconnect? _end;

    /// <summary>Adds a call that is about to be sent.</summary>
    /// <returns><see langword="null"/>, or how the connection ended.</returns>
    public QmpDisconnect? Add(PendingCall call)
    {
        lock (_gate)
        {
            if (_end is null) _calls.Add(call.Id, call);
            return _end;
        }
    }

    /// <summary>Takes a call out that was not sent after all.</summary>
    public void Withdraw(PendingCall call)
    {
        lock (_gate) _calls.Remove(call.Id);
    }

    /// <summary>Stops waiting for a reply.</summary>
    /// <returns>Whether the call still waited; the caller then settles it.</returns>
    public bool Abandon(PendingCall call)
    {
        lock (_gate)
        {
            if (!_calls.Remove(call.Id)) return false;
            _abandoned.Add(call.Id);
            return true;
        }
    }

    /// <summary>Takes the call that a reply is for.</summary>
    /// <param name="id">The reply's id; <see langword="null"/> if it has none, or one that is not ours.</param>
    /// <param name="hasId">Whether it has one at all.</param>
    /// <param name="isLate">Whether it is for an abandoned call.</param>
    public PendingCall? Take(long? id, bool hasId, out bool isLate)
    {
        lock (_gate)
        {
            // Without an id only one thing is certain: with one call outstanding, it is that call's reply. Servers send
            // such errors for what they cannot parse, and some servers know no ids.
            if (!hasId && _calls.Count + _abandoned.Count == 1) id = _calls.Keys.Concat(_abandoned).Single();
            isLate = id is { } late && _abandoned.Remove(late);
            return id is { } known && _calls.Remove(known, out PendingCall? call) ? call : null;
        }
    }

    /// <summary>Fails all calls, and those to come.</summary>
    /// <param name="end">How the connection ended.</param>
    /// <param name="left">How many bytes have left.</param>
    public void End(QmpDisconnect end, long left)
    {
        PendingCall[] calls;
        lock (_gate)
        {
            _end ??= end;
            calls = [.. _calls.Values];
            _calls.Clear();
            _abandoned.Clear();
        }

        foreach (PendingCall call in calls)
        {
            call.TrySetException(new QmpDisconnectedException(end, call.Command, wasSent: call.Start < left));
        }
    }
}
