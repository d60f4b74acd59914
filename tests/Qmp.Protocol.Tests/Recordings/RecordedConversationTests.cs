using System.Text;
using System.Text.RegularExpressions;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using Qmp.Protocol.Json;
using Qmp.Protocol.Tests.Support;
using Qmp.Protocol.Transport;

namespace Qmp.Protocol.Tests.Recordings;

/// <summary>Replays conversations with QEMU and compares every byte.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed partial class RecordedConversationTests
{
    private readonly Dictionary<string, TestClient> _clients = [];
    private readonly Dictionary<string, MemoryListener> _listeners = [];
    private readonly List<string> _early = [];

    [TestCaseSource(typeof(RecordedCase), nameof(RecordedCase.All))]
    public async Task Answers_are_those_of_QEMU(object source)
    {
        var recorded = (RecordedCase)source;
        await using var server = new TestServer();
        foreach (string monitor in recorded.Monitors) _listeners[monitor] = server.AddMonitor(recorded.IsPretty);
        foreach (JObject step in recorded.Steps) await RunAsync(step, recorded, server);
        foreach (TestClient client in _clients.Values)
        {
            // Nothing may be left: the answer to one more request comes next.
            client.Send("\n\u0001[]");
            if (recorded.Steps.Any(s => s["eof"] is not null)) continue;
            Assert.That(await client.ReadAsync(), Does.Contain("stray"));
        }
    }

    [GeneratedRegex("""\{\s*"seconds": \d+,\s+"microseconds": \d+\s*\}""")]
    private static partial Regex Timestamp();

    [GeneratedRegex("""\{\s*"qemu": \{[^}]*\},\s*"package": "[^"]*"\s*\}""")]
    private static partial Regex VersionObject();

    private static string Expected(JObject step)
    {
        if (step["raw"] is { } raw) return Normalize((string)raw!);
        using var buffer = new ByteBuffer();
        // Members in the order in which they were recorded.
        step["recv"]!.WriteTo(new QmpJsonWriter(buffer));
        string text = Encoding.ASCII.GetString(buffer.Span) + "\r\n";
        if (step["recv"]!["id"] is JObject { Count: 1 } id && id["$repeat"] is JArray repeat)
        {
            string unit = string.Concat(Enumerable.Repeat((string)repeat[0]!, (int)repeat[1]!));
            text = text.Replace(
                $$"""{"$repeat": ["{{repeat[0]}}", {{repeat[1]}}]}""", $"\"{unit}\"", StringComparison.Ordinal);
        }

        return Normalize(text);
    }

    private static bool IsFloating(string message, RecordedCase recorded) => recorded.Floating
        .SelectMany(
            id => (string[])[$"\"id\": {id.ToString(Formatting.None)},", $"\"id\": {id.ToString(Formatting.None)}}}"])
        .Any(id => message.Contains(id, StringComparison.Ordinal));

    private static string Normalize(string text)
    {
        text = Timestamp().Replace(text, "@TS@").Replace("\"@TS@\"", "@TS@", StringComparison.Ordinal);
        return VersionObject().Replace(text, "@VER@").Replace("\"@VER@\"", "@VER@", StringComparison.Ordinal);
    }

    private async Task RunAsync(JObject step, RecordedCase recorded, TestServer server)
    {
        string monitor = (string?)step["mon"] ?? recorded.Monitors[0];
        if (step["action"] is { } action)
        {
            await ActAsync((string)action!, monitor, recorded, server);
            return;
        }

        TestClient client = _clients[monitor];
        if (step["send_b64"] is { } bytes)
        {
            // Not UTF-8; "send" beside it is for people.
            client.Send(Convert.FromBase64String((string)bytes!));
        }
        else if (step["send"] is { } text)
        {
            client.Send((string)text!);
        }
        else if (step["send_repeat"] is { } repeat)
        {
            string units = string.Concat(Enumerable.Repeat((string)repeat["unit"]!, (int)repeat["count"]!));
            client.Send((string)repeat["prefix"]! + units + (string)repeat["suffix"]!);
        }
        else if (step["eof"] is not null)
        {
            Assert.That(await client.ReadToEndAsync(), Is.Empty);
        }
        else if (step["flood"] is JObject flood)
        {
            await FloodAsync(client, flood, (int)step["events"]!);
        }
        else if (step["recv"] is not null || step["raw"] is not null)
        {
            for (int times = (int?)step["times"] ?? 1; times > 0; times--) await ReceiveAsync(client, step, recorded);
        }
    }

    private async Task ActAsync(string action, string monitor, RecordedCase recorded, TestServer server)
    {
        switch (action)
        {
            case "connect":
                // A name of its own stands for a second client of the first monitor.
                MemoryListener listener = _listeners.GetValueOrDefault(monitor, _listeners.Values.First());
                _clients[monitor] = new TestClient(listener.Connect());
                break;
            case "close":
                // A client that leaves takes unread requests with it; the one that blocks has to begin first.
                if (recorded.Steps.Any(s => (string?)s["action"] == "open-fifo"))
                {
                    await server.Machine.Blocked.WaitAsync(TestClient.Patience);
                }

                _clients[monitor].Dispose();
                _clients.Remove(monitor);
                await server.Log.WhenLogged("monitor_qmp_disconnected");
                break;
            case "shutdown-write":
                ((MemoryConnection)_clients[monitor].Transport).EndSending();
                break;
            case "open-fifo":
                await server.Machine.Blocked.WaitAsync(TestClient.Patience);
                server.Machine.Unblock();
                break;
            default:
                Assert.Fail($"unknown action {action}");
                break;
        }
    }

    /// <summary>Compares the next message, but lets those whose place is free come earlier or later.</summary>
    private async Task ReceiveAsync(TestClient client, JObject step, RecordedCase recorded)
    {
        if ((string?)step["recv"]?["$shortened"] is { } beginning)
        {
            Assert.That(await client.ReadAsync(), Does.StartWith(beginning));
            return;
        }

        string expected = Expected(step);
        bool floats = IsFloating(expected, recorded);
        while (!_early.Remove(expected))
        {
            string actual = Normalize(await client.ReadAsync());
            Assert.That(actual, Is.Not.Empty, "the connection ended");
            if (!floats && !IsFloating(actual, recorded)) Assert.That(actual, Is.EqualTo(expected));
            _early.Add(actual);
        }
    }

    private async Task FloodAsync(TestClient reader, JObject flood, int events)
    {
        TestClient client = _clients[(string)flood["mon"]!];
        string unit = string.Concat(Enumerable.Repeat((string)flood["send"]!, (int)flood["count"]!));
        for (int i = 0; i < (int)flood["times"]!; i++)
        {
            client.Send(unit);
            for (int reply = 0; reply < 2 * (int)flood["count"]!;)
            {
                if (await client.ReadAsync() == "{\"return\": {}}\r\n") reply++;
            }
        }

        for (int i = 0; i < events; i++)
        {
            Assert.That(await reader.ReadAsync(), Does.Contain(i % 2 == 0 ? "STOP" : "RESUME"));
        }
    }
}
