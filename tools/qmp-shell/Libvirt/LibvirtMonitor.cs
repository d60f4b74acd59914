using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using Qmp.Protocol.Framing;
using Qmp.Protocol.Json;
using Qmp.Protocol.Messages;
using Qmp.Protocol.Transport;
using Qmp.Shell.Session;

namespace Qmp.Shell.Libvirt;

/// <summary>
/// Plays the monitor of a domain for one client: what it sends goes through libvirt, which has negotiated long ago; events
/// come from libvirt as well.
/// </summary>
internal sealed partial class LibvirtMonitor
{
    private const string Negotiation = "qmp_capabilities";

    private readonly Virsh _virsh;
    private readonly MemoryConnection _client;
    private readonly MessageInput _input = new();
    private readonly CancellationTokenSource _gone = new(); // never disposed: what is being sent holds its token

    private LibvirtMonitor(Virsh virsh, MemoryConnection client)
    {
        _virsh = virsh;
        _client = client;
    }

    /// <summary>Asks the domain who it is, greets the client, and serves it until it leaves.</summary>
    /// <exception cref="TransportException">There is no such domain, or it does not run.</exception>
    public static async Task StartAsync(Virsh virsh, MemoryConnection client, CancellationToken stop)
    {
        JObject answer = await virsh.SendAsync(new JObject { ["execute"] = "query-version" }, stop);
        var monitor = new LibvirtMonitor(virsh, client);
        monitor.Greet(answer["return"] as JObject ?? []);
        _ = Task.Run(monitor.ServeAsync, CancellationToken.None);
    }

    private void Greet(JObject version)
    {
        JToken qemu = version["qemu"] ?? new JObject();
        using var writer = new MessageWriter();
        writer.WriteGreeting(
            new QmpVersion(
                (int?)qemu["major"] ?? 0, (int?)qemu["minor"] ?? 0, (int?)qemu["micro"] ?? 0, (string?)version["package"] ?? ""),
            []);
        _client.Send(writer.Output.Span);
    }

    private async Task ServeAsync()
    {
        Task events = Task.Run(SendEventsAsync, CancellationToken.None);
        try
        {
            while (await ReadAsync() is { } request) await AnswerAsync(request);
        }
        finally
        {
            await _gone.CancelAsync();
            _client.Dispose();
            _input.Dispose();
            await events;
        }
    }

    private async Task<JObject?> ReadAsync()
    {
        while (true)
        {
            while (_input.HasInput)
            {
                if (_input.Read() == JsonParseOutcome.Message && _input.Message.ToJToken(0) is JObject request) return request;
            }

            int count = await _client.ReceiveAsync(_input.Receive(), wakeable: false);
            if (count <= 0) return null;
            _input.Received(count);
        }
    }

    private async Task AnswerAsync(JObject request)
    {
        JToken? id = request["id"];
        // libvirt's own ids take their place.
        request.Remove("id");
        JObject answer;
        try
        {
            answer = (string?)request["execute"] == Negotiation
                ? new JObject { ["return"] = new JObject() }
                : await _virsh.SendAsync(request, _gone.Token);
        }
        catch (TransportException e)
        {
            answer = new JObject { ["error"] = new JObject { ["class"] = "GenericError", ["desc"] = e.Message } };
        }

        if (id is not null) answer["id"] = id;
        Send(answer);
    }

    private async Task SendEventsAsync()
    {
        try
        {
            using Process process = _virsh.WatchEvents();
            using CancellationTokenRegistration kill = _gone.Token.Register(() => Virsh.Kill(process));
            _ = process.StandardError.ReadToEndAsync(CancellationToken.None);
            while (await process.StandardOutput.ReadLineAsync(CancellationToken.None) is { } line)
            {
                if (ReadEvent(line) is { } message) Send(message);
            }
        }
        catch (Exception e) when (e is TransportException or IOException)
        {
            // Without events there are still replies.
        }
    }

    /// <returns><see langword="null"/> if the line tells of no event.</returns>
    private static JObject? ReadEvent(string line)
    {
        if (EventLine().Match(line) is not { Success: true } found) return null;
        var message = new JObject { ["event"] = found.Groups["name"].Value };
        if (DateTimeOffset.TryParse(found.Groups["time"].Value, out DateTimeOffset time))
        {
            message["timestamp"] = ReplyText.Timestamp(time);
        }

        try
        {
            if (found.Groups["data"] is { Success: true, Value: var data }) message["data"] = JToken.Parse(data);
            return message;
        }
        catch (JsonReaderException)
        {
            return null;
        }
    }

    private void Send(JObject message) => _client.Send(Encoding.UTF8.GetBytes(message.ToString(Formatting.None) + "\r\n"));

    // 2026-01-31 10:00:00.123+0000: event MIGRATION for domain 'vm': {"status":"active"}; without data: <null>
    [GeneratedRegex(@"^(?:(?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+[+-]\d{4}): )?event (?<name>\w+) (?:at [\d.]+ )?for domain .*?(?:: (?:(?<data>\{.*\})|<null>))?$")]
    private static partial Regex EventLine();
}
