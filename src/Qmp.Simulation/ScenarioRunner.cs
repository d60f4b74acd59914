using System.Globalization;
using Newtonsoft.Json.Linq;
using Qmp.Api;
using Qmp.Emulator.Options;
using Qmp.Machine.Time;
using Qmp.Migration.Channels.Virtual;
using Qmp.Migration.Status;
using Qmp.Protocol.Json;
using Qmp.Protocol.Visitors;
using Qmp.Types;
using Serilog;

namespace Qmp.Simulation;

/// <summary>Runs a scenario: two emulators in this process, a link between them in memory.</summary>
public sealed class ScenarioRunner
{
    private const string Address = "/scenario";
    private const long SampleInterval = 10; // ms

    private readonly MigrationScenario _scenario;
    private readonly Timeline _timeline;
    private readonly ILogger _logger;
    private readonly Action<ScenarioMessage> _reported;
    private readonly Lock _gate = new(); // guards _messages: real machines report from several threads
    private readonly List<ScenarioMessage> _messages = [];
    private readonly List<ScenarioSample> _samples = [];
    private string? _refusal;
    private long _start; // ns
    private long _forward;
    private long _backward;

    private ScenarioRunner(MigrationScenario scenario, Timeline timeline, ILogger logger, Action<ScenarioMessage> reported)
    {
        _scenario = scenario;
        _timeline = timeline;
        _logger = logger;
        _reported = reported;
    }

    /// <summary>Runs a scenario to its end.</summary>
    /// <param name="scenario">What happens.</param>
    /// <param name="clock">The clock of scenarios in real time.</param>
    /// <param name="logger">The log of both machines.</param>
    /// <param name="reported">Is told at once of what happens.</param>
    /// <exception cref="ScenarioException">
    /// The scenario describes machines that cannot be had, or settings that they refuse.
    /// </exception>
    public static ScenarioResult Run(
        MigrationScenario scenario, TimeProvider clock, ILogger logger, Action<ScenarioMessage>? reported = null)
    {
        reported ??= _ => { };
        try
        {
            if (scenario.Clock == ScenarioClock.Real)
            {
                var real = new ThreadTimeline(clock, logger);
                return new ScenarioRunner(scenario, real, logger, reported).RunAsync().AsTask().GetAwaiter().GetResult();
            }

            ScenarioResult? result = null;
            var timeline = new VirtualTimeline();
            timeline.Run(async () => result = await new ScenarioRunner(scenario, timeline, logger, reported).RunAsync());
            return result!;
        }
        catch (Exception e) when (e is CommandLineException or MigrationException)
        {
            throw new ScenarioException(e.Message);
        }
    }

    private double Now => (_timeline.NowNanoseconds - _start) / 1e6;

    private async ValueTask<ScenarioResult> RunAsync()
    {
        _start = _timeline.NowNanoseconds + (long)(_scenario.WarmUpMs ?? 100) * 1_000_000;
        var network = new VirtualNetwork(_timeline)
        {
            Link = LinkOf(_scenario.Link ?? new()),
            ForwardTap = bytes => Interlocked.Add(ref _forward, bytes.Length),
            BackwardTap = bytes => Interlocked.Add(ref _backward, bytes.Length),
        };
        await using var source = new ScenarioVm(
            _scenario, ScenarioEnd.Source, _timeline, network, _logger, Report);
        await using var destination = new ScenarioVm(
            _scenario, ScenarioEnd.Destination, _timeline, network, _logger, Report);
        ulong noise = _scenario.Noise ?? 0;
        if (noise > source.Memory.TotalLength)
        {
            throw new ScenarioException(string.Create(
                CultureInfo.InvariantCulture, $"Parameter 'noise' expects at most the memory, which has {source.Memory.TotalLength} bytes"));
        }

        GuestNoise.Fill(source.Memory, noise);
        await destination.StartAsync();
        await source.StartAsync();
        Waker waker = _timeline.CreateWaker();
        await WaitUntilAsync(waker, _start);
        var uri = new JObject { ["uri"] = $"unix:{Address}" };
        Note(await destination.ExecuteAsync("migrate-incoming", uri));
        Note(await source.ExecuteAsync("migrate", uri));
        await FollowAsync(source, destination, waker);
        return await FinishAsync(source, destination);
    }

    // Carries out the steps and looks on, until all is over.
    private async ValueTask FollowAsync(ScenarioVm source, ScenarioVm destination, Waker waker)
    {
        var steps = new Queue<ScenarioStep>((_scenario.Steps ?? []).OrderBy(s => s.AtMs));
        long limit = _scenario.LimitMs ?? 60_000;
        long? end = null;
        for (long sample = 0; ;)
        {
            long now = (long)Now;
            while (steps.TryPeek(out ScenarioStep? step) && step.AtMs <= now)
            {
                steps.Dequeue();
                ScenarioVm vm = step.On == ScenarioEnd.Source ? source : destination;
                Note(await vm.ExecuteAsync(step.Execute, step.Arguments));
            }

            if (now >= sample)
            {
                Sample(source, destination);
                sample += SampleInterval;
            }

            if (end is null && HasEnded(source, destination) && steps.Count == 0) end = now + (_scenario.RunOnMs ?? 100);
            if (now >= Math.Min(end ?? limit, limit)) return;
            long next = Math.Min(sample, Math.Min(end ?? limit, limit));
            if (steps.TryPeek(out ScenarioStep? nextStep)) next = Math.Min(next, nextStep.AtMs);
            await WaitUntilAsync(waker, _start + (next * 1_000_000));
        }
    }

    private async ValueTask<ScenarioResult> FinishAsync(ScenarioVm source, ScenarioVm destination)
    {
        MigrationInfo sent = source.Migration;
        MigrationInfo loaded = destination.Migration;
        source.ReportExit();
        destination.ReportExit();
        Report(ScenarioEnd.Source, new JObject { ["query-migrate"] = ToJson(sent) });
        Report(ScenarioEnd.Destination, new JObject { ["query-migrate"] = ToJson(loaded) });
        await source.FreezeAsync();
        await destination.FreezeAsync();
        ScenarioVm holder = loaded.Status == MigrationStatus.Completed ? destination : source;
        string? damage = GuestNoise.FindDamage(
            holder.Memory, _scenario.Noise ?? 0, [.. source.Workloads, .. destination.Workloads], holder.Workloads);
        Report(null, new JObject { ["memory"] = damage ?? "intact" });
        var result = new ScenarioResult
        {
            Messages = _messages,
            Samples = _samples,
            Source = sent,
            Destination = loaded,
            Damage = damage,
            IsAsExpected = _scenario.Expect is not { } expected || sent.Status == expected,
            Refusal = _refusal,
        };
        Report(null, new JObject { ["ended"] = result.Ending });
        return result;
    }

    private static LinkSettings LinkOf(ScenarioLink link)
    {
        var settings = new LinkSettings
        {
            Bandwidth = (long)Math.Min(long.MaxValue, link.Bandwidth ?? 0),
            Latency = TimeSpan.FromMicroseconds(link.LatencyUs ?? 0),
            CutAfter = (long?)link.CutAfter,
        };
        return link.Buffer is { } buffer ? settings with { Buffer = (int)Math.Clamp(buffer, 1, int.MaxValue) } : settings;
    }

    // A destination that no source has connected to still waits: that is not a failure.
    private static bool HasEnded(ScenarioVm source, ScenarioVm destination) =>
        (source.HasExited || IsFinal(source.Migration.Status))
        && (destination.HasExited || IsFinal(destination.Migration.Status) || destination.Migration.Status == MigrationStatus.Setup);

    private static bool IsFinal(MigrationStatus? status) => status
        is MigrationStatus.Completed or MigrationStatus.Failed or MigrationStatus.Cancelled or null;

    private static JToken ToJson(MigrationInfo info)
    {
        using var output = new ByteBuffer();
        MigrationInfoVisitor.Write(new JsonOutputVisitor(output), [], info);
        using var reader = new QmpJsonReader(output.Span);
        return JToken.Load(reader);
    }

    // The first refusal tells most.
    private void Note(string? refusal) => _refusal ??= refusal;

    private void Sample(ScenarioVm source, ScenarioVm destination) => _samples.Add(new ScenarioSample
    {
        Milliseconds = Now,
        Status = source.Migration.Status ?? MigrationStatus.None,
        SourceRuns = source.IsRunning,
        DestinationRuns = destination.IsRunning,
        WaitsForAck = source.WaitsForAck,
        Forward = Interlocked.Read(ref _forward),
        Backward = Interlocked.Read(ref _backward),
        Throttle = source.Throttle,
    });

    private void Report(ScenarioEnd? on, JObject body)
    {
        lock (_gate)
        {
            var message = new ScenarioMessage(Now, on, body);
            _messages.Add(message);
            _reported(message);
        }
    }

    private void Report(ScenarioEnd on, JObject body) => Report((ScenarioEnd?)on, body);

    private async ValueTask WaitUntilAsync(Waker waker, long nanoseconds)
    {
        if (nanoseconds - _timeline.NowNanoseconds is var left and > 0)
        {
            await waker.WaitAsync(TimeSpan.FromTicks((left + 99) / 100));
        }
    }
}
