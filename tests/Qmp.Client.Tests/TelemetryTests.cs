using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Qmp.Client.Tests;

/// <summary>What listeners are told of commands, events and connections.</summary>
[TestFixture]
internal sealed class TelemetryTests
{
    [Test]
    public async Task Commands_are_spans_and_durations_and_events_are_counted()
    {
        var spans = new ConcurrentQueue<Activity>();
        var numbers = new ConcurrentQueue<(string Name, double Value, Dictionary<string, object?> Tags)>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Qmp.Client",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        using var meters = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Name == "Qmp.Client") self.EnableMeasurementEvents(instrument);
            },
        };
        meters.SetMeasurementEventCallback<double>((i, value, tags, _) => numbers.Enqueue((i.Name, value, Read(tags))));
        meters.SetMeasurementEventCallback<long>((i, value, tags, _) => numbers.Enqueue((i.Name, value, Read(tags))));
        meters.Start();

        // Other tests run beside this one: their servers have other names.
        using var folder = new TemporaryFolder();
        string path = folder.File("telemetry.sock");
        await using (LiveServer server = await LiveServer.StartAsync(ServerKind.Emulator, path))
        {
            await using QmpConnection vm = await QmpConnection.ConnectUnixAsync(path, new() { ConnectRetryInterval = TimeSpan.FromMilliseconds(10) });
            await vm.ExecuteAndWaitAsync("stop", null, e => e.Name == "STOP", TimeSpan.FromSeconds(30));
            await Assert.ThrowsAsync<QmpCommandException>(() => vm.ExecuteRawAsync("nonsense").AsTask());
        }

        Activity[] own = [.. spans.Where(s => (string?)s.GetTagItem("server.address") == path)];
        Assert.That(own.Select(s => s.DisplayName), Is.EqualTo(new[] { "qmp stop", "qmp nonsense" }));
        Assert.That(own[0].Status, Is.EqualTo(ActivityStatusCode.Unset));
        Assert.That((own[1].Status, own[1].GetTagItem("error.type")), Is.EqualTo((ActivityStatusCode.Error, "CommandNotFound")));
        Assert.That(Values("qmp.client.command.duration"), Has.Count.EqualTo(2).And.All.GreaterThanOrEqualTo(0));
        Assert.That(numbers, Has.Some.Matches<(string Name, double, Dictionary<string, object?> Tags)>(
            n => n.Name == "qmp.client.events" && (string?)n.Tags["qmp.event"] == "STOP" && (string?)n.Tags["server.address"] == path));
        Assert.That(Values("qmp.client.connections"), Is.EqualTo(new[] { 1.0, -1.0 }));
        Assert.That(Values("qmp.client.disconnects"), Is.EqualTo(new[] { 1.0 }));

        List<double> Values(string name) =>
            [.. numbers.Where(n => n.Name == name && (string?)n.Tags["server.address"] == path).Select(n => n.Value)];
    }

    private static Dictionary<string, object?> Read(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var read = new Dictionary<string, object?>();
        foreach (KeyValuePair<string, object?> tag in tags) read[tag.Key] = tag.Value;
        return read;
    }
}
