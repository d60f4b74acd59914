using StreamJsonRpc;

namespace Qmp.StreamJsonRpc.Client;

/// <summary>
/// Requests that were sent and are not answered. An answer without a waiting call would end a JsonRpc's connection.
/// </summary>
internal sealed class PendingCalls
{
    /// <summary>Guards the table.</summary>
    private readonly Lock _lock = new();

    private readonly Dictionary<RequestId, State> _calls = [];
    private long _notifications;

    private enum State
    {
        Waiting,

        /// <summary>The caller is gone; the answer will come all the same.</summary>
        Abandoned,

        /// <summary>No caller waits for the answer; an error is reported all the same.</summary>
        Notification,
    }

    /// <summary>Notes a request and gives the id to send: QMP answers notifications, too.</summary>
    public RequestId Add(RequestId id)
    {
        lock (_lock)
        {
            State state = id.IsEmpty ? State.Notification : State.Waiting;
            if (id.IsEmpty) id = new RequestId(FormattableString.Invariant($"notify-{++_notifications}"));
            if (!_calls.TryAdd(id, state)) throw new InvalidOperationException($"Id {id} is in use.");
            return id;
        }
    }

    /// <summary>Forgets a request that could not be sent.</summary>
    /// <returns>Whether it was not answered all the same.</returns>
    public bool Remove(RequestId id)
    {
        lock (_lock) return _calls.Remove(id);
    }

    /// <summary>Marks a request as one whose answer will be dropped.</summary>
    /// <returns>Whether a caller was waiting until now.</returns>
    public bool Abandon(RequestId id)
    {
        lock (_lock)
        {
            if (!_calls.TryGetValue(id, out State state) || state != State.Waiting) return false;
            _calls[id] = State.Abandoned;
            return true;
        }
    }

    /// <summary>Ends a request, as its answer is here.</summary>
    public AnswerUse Complete(RequestId id, bool isError)
    {
        lock (_lock)
        {
            if (!_calls.Remove(id, out State state)) return AnswerUse.Unmatched;
            return state switch
            {
                State.Waiting => AnswerUse.Deliver,
                State.Notification when isError => AnswerUse.Unmatched,
                _ => AnswerUse.Drop,
            };
        }
    }
}
