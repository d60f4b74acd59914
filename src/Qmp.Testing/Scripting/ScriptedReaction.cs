using Newtonsoft.Json.Linq;
using Qmp.Testing.Scripting;

namespace Qmp.Testing;

/// <summary>What a <see cref="ScriptedMonitor"/> does when a command comes, in order.</summary>
public sealed class ScriptedReaction
{
    private readonly Script _script;
    private readonly List<Func<ScriptedSession, JObject, ValueTask>> _steps = [];

    internal ScriptedReaction(Script script) => _script = script;

    internal IReadOnlyList<Func<ScriptedSession, JObject, ValueTask>> Steps => _steps;

    /// <summary>Replies.</summary>
    /// <param name="result">The result as JSON; an empty object by default, as of commands without a result.</param>
    /// <exception cref="ArgumentException">That is not JSON.</exception>
    public ScriptedReaction Reply(string result = "{}")
    {
        JToken value = Script.Json(result);
        return Reply(_ => value);
    }

    /// <summary>Replies with what is made of the request's arguments; an empty object if it has none.</summary>
    public ScriptedReaction Reply(Func<JObject, JToken> result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return Then((session, request) =>
            session.Send(new JObject { ["return"] = result((JObject?)request["arguments"] ?? []), ["id"] = request["id"] }));
    }

    /// <summary>Replies with an error.</summary>
    /// <param name="description">The text for people.</param>
    /// <param name="errorClass">The class.</param>
    public ScriptedReaction Fail(string description, string errorClass = "GenericError") =>
        Then((session, request) => session.Fail(request["id"], description, errorClass));

    /// <summary>Raises an event.</summary>
    /// <inheritdoc cref="ScriptedMonitor.Raise"/>
    public ScriptedReaction Raise(string name, string? data = null)
    {
        _script.Event(name, data);
        return Then((session, _) => session.Raise(_script.Event(name, data)));
    }

    /// <summary>Sends text as it is, whole messages or parts of them, broken or not.</summary>
    public ScriptedReaction Send(string text) => Then((session, _) => session.Send(text));

    /// <summary>Waits, while other commands are served.</summary>
    public ScriptedReaction After(TimeSpan delay)
    {
        _steps.Add((session, _) => session.PauseAsync(delay));
        return this;
    }

    /// <summary>Waits until the test says so, while other commands are served.</summary>
    public ScriptedReaction When(Task signal)
    {
        _steps.Add((_, _) => new ValueTask(signal));
        return this;
    }

    /// <summary>Does nothing, so that the command is never answered: for the sake of being said.</summary>
    public ScriptedReaction Silent() => this;

    /// <summary>Closes the connection.</summary>
    public ScriptedReaction HangUp() => Then((session, _) => session.HangUp());

    private ScriptedReaction Then(Action<ScriptedSession, JObject> step)
    {
        _steps.Add((session, request) =>
        {
            step(session, request);
            return default;
        });
        return this;
    }
}
