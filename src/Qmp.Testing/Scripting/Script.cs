using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using Qmp.Protocol.Threading;

namespace Qmp.Testing.Scripting;

/// <summary>What a scripted monitor was told, and what it has heard.</summary>
internal sealed class Script(ScriptedMonitorOptions options)
{
    private const string Negotiate = "qmp_capabilities";
    private const string QuerySchema = "query-qmp-schema";

    private readonly Lock _gate = new();

    // All guarded by _gate.
    private readonly Dictionary<string, Queue<ScriptedReaction>> _reactions = [];
    private readonly List<JObject> _requests = [];
    private readonly List<ScriptedSession> _sessions = [];
    private readonly Dictionary<string, Queue<JObject>> _unseen = [];
    private readonly Dictionary<string, Queue<TaskCompletionSource<JObject>>> _awaited = [];

    public ScriptedMonitorOptions Options => options;

    public IReadOnlyList<JObject> Requests
    {
        get
        {
            lock (_gate) return [.. _requests];
        }
    }

    public IReadOnlyList<ScriptedSession> Sessions
    {
        get
        {
            lock (_gate) return [.. _sessions];
        }
    }

    /// <exception cref="ArgumentException">That is not JSON.</exception>
    public static JToken Json(string text)
    {
        try
        {
            return JToken.Parse(text);
        }
        catch (JsonException e)
        {
            throw new ArgumentException($"'{text}' is not JSON: {e.Message}", nameof(text), e);
        }
    }

    public ScriptedReaction Add(string command)
    {
        Check("command", command);
        var reaction = new ScriptedReaction(this);
        lock (_gate)
        {
            if (!_reactions.TryGetValue(command, out Queue<ScriptedReaction>? all)) _reactions[command] = all = new();
            all.Enqueue(reaction);
        }

        return reaction;
    }

    /// <summary>An event that happens now.</summary>
    public JObject Event(string name, string? data)
    {
        Check("event", name);
        DateTimeOffset now = options.Clock.GetUtcNow();
        var message = new JObject
        {
            ["timestamp"] = new JObject
            {
                ["seconds"] = now.ToUnixTimeSeconds(),
                ["microseconds"] = now.Ticks % TimeSpan.TicksPerSecond / TimeSpan.TicksPerMicrosecond,
            },
            ["event"] = name,
        };
        if (data is not null) message["data"] = Json(data);
        return message;
    }

    public void Join(ScriptedSession session)
    {
        lock (_gate) _sessions.Add(session);
    }

    public void Leave(ScriptedSession session)
    {
        lock (_gate) _sessions.Remove(session);
    }

    /// <summary>Notes a request and finds out what to do.</summary>
    public ScriptedReaction Take(string command, JObject request)
    {
        lock (_gate)
        {
            _requests.Add(request);
            if (_awaited.TryGetValue(command, out var waiting) && waiting.TryDequeue(out var waiter))
            {
                using (OrderedContext.Leave()) waiter.TrySetResult(request);
            }
            else
            {
                if (!_unseen.TryGetValue(command, out Queue<JObject>? unseen)) _unseen[command] = unseen = new();
                unseen.Enqueue(request);
            }

            if (_reactions.TryGetValue(command, out Queue<ScriptedReaction>? told))
            {
                return told.Count > 1 ? told.Dequeue() : told.Peek();
            }
        }

        var own = new ScriptedReaction(this);
        return command switch
        {
            Negotiate => own.Reply(),
            QuerySchema when options.Schema is { } schema => own.Reply(_ => schema),
            _ => own.Fail($"The command {command} has not been found", "CommandNotFound"),
        };
    }

    public Task<JObject> ReceivedAsync(string command)
    {
        lock (_gate)
        {
            if (_unseen.TryGetValue(command, out Queue<JObject>? unseen) && unseen.TryDequeue(out JObject? request))
            {
                return Task.FromResult(request);
            }

            if (!_awaited.TryGetValue(command, out var waiting)) _awaited[command] = waiting = new();
            var waiter = new TaskCompletionSource<JObject>(OrderedContext.Completions);
            waiting.Enqueue(waiter);
            return waiter.Task;
        }
    }

    private void Check(string kind, string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (options.Schema is not { } schema || schema.Any(e => (string?)e["meta-type"] == kind && (string?)e["name"] == name)) return;
        throw new ArgumentException($"the schema has no {kind} {name}", nameof(name));
    }
}
