using System.Text;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using Qmp.Protocol.Framing;
using Qmp.Protocol.Json;
using Qmp.Protocol.Messages;
using Qmp.Protocol.Threading;
using Qmp.Protocol.Transport;

namespace Qmp.Testing.Scripting;

/// <summary>One client of a scripted monitor.</summary>
internal sealed class ScriptedSession(Script script, IConnection connection) : IDisposable
{
    private readonly MessageInput _input = new();
    private readonly CancellationTokenSource _gone = new(); // never disposed: reactions may outlive the session
    private volatile bool _negotiated;

    /// <summary>Serves the client until one of the two leaves.</summary>
    public async Task RunAsync()
    {
        script.Join(this);
        try
        {
            // A client that leaves before its greeting must be noticed.
            _ = GreetAsync();
            while (await ReadAsync().ConfigureAwait(OrderedContext.IsCurrent) is { } request) _ = ReactAsync(request);
        }
        finally
        {
            script.Leave(this);
            await OrderedContext.CancelAsync(_gone).ConfigureAwait(OrderedContext.IsCurrent);
        }
    }

    public void Send(JObject message)
    {
        if (message["id"] is null) message.Remove("id");
        Send(message.ToString(Formatting.None) + "\r\n");
    }

    public void Send(string text) => connection.Send(Encoding.UTF8.GetBytes(text));

    /// <summary>Replies with an error.</summary>
    public void Fail(JToken? id, string description, string errorClass = "GenericError") =>
        Send(new JObject { ["id"] = id, ["error"] = new JObject { ["class"] = errorClass, ["desc"] = description } });

    /// <summary>Sends an event, even if the client has not negotiated: the script wants it so.</summary>
    public void Raise(JObject message) => Send(message);

    /// <summary>Sends an event to a client that has negotiated.</summary>
    public void RaiseNow(JObject message)
    {
        if (_negotiated) Send(message);
    }

    /// <summary>Waits on the script's clock, but not longer than the client stays.</summary>
    public async ValueTask PauseAsync(TimeSpan delay) =>
        await Task.Delay(delay, script.Options.Clock, _gone.Token).ConfigureAwait(OrderedContext.IsCurrent);

    /// <summary>What was sent still arrives.</summary>
    public void HangUp()
    {
        connection.StopReceiving();
        _gone.Cancel();
    }

    public void Dispose()
    {
        connection.Dispose();
        _input.Dispose();
    }

    private async Task GreetAsync()
    {
        TimeSpan delay = script.Options.GreetingDelay;
        if (delay != TimeSpan.Zero)
        {
            Task pause = Task.Delay(delay, script.Options.Clock, _gone.Token);
            await pause.ConfigureAwait(OrderedContext.Quietly);
            if (pause.IsCanceled) return;
        }

        using var writer = new MessageWriter();
        writer.WriteGreeting(script.Options.Version, script.Options.Capabilities);
        connection.Send(writer.Output.Span);
    }

    private async Task ReactAsync(JObject request)
    {
        string command = (string?)(request["execute"] ?? request["exec-oob"]) ?? "";
        ScriptedReaction reaction = script.Take(command, request);
        _negotiated |= command == "qmp_capabilities";
        try
        {
            foreach (Func<ScriptedSession, JObject, ValueTask> step in reaction.Steps)
            {
                await step(this, request).ConfigureAwait(OrderedContext.IsCurrent);
            }
        }
        catch (OperationCanceledException) when (_gone.IsCancellationRequested)
        {
            // Nobody is there any more.
        }
        catch (Exception e)
        {
            // The test's own code failed: whoever waits for the reply is told.
            Fail(request["id"], $"the script failed: {e.Message}");
        }
    }

    /// <returns><see langword="null"/> when the client has left.</returns>
    private async ValueTask<JObject?> ReadAsync()
    {
        while (true)
        {
            while (_input.HasInput)
            {
                switch (_input.Read())
                {
                    case JsonParseOutcome.Message when _input.Message.ToJToken(0) is JObject request:
                        return request;
                    case JsonParseOutcome.Message:
                        Fail(null, "QMP input must be a JSON object");
                        break;
                    case JsonParseOutcome.Error:
                        Fail(null, _input.Error);
                        break;
                }
            }

            int count = await connection.ReceiveAsync(_input.Receive(), wakeable: false).ConfigureAwait(OrderedContext.IsCurrent);
            if (count <= 0) return null;
            _input.Received(count);
        }
    }
}
