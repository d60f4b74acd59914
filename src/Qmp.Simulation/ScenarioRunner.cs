using System.Globalization;
using Newtonsoft.Json.Linq;
using Qmp.Api;
using Qmp.Emulator.Options;
using Qmp.Machine.Time;
using Qmp.Migration.Channels.Virtual;
using Qmp.Migration.Status;
using Qmp.Protocol.Json;
using Qmp.Protocol.Messages;
using Qmp.Protocol.Visitors;
using Qmp.Simulation.Text;
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
    private readonly List<(ScenarioPair Pair, long At)> _neighbours = [];
    private readonly PassWatch _passes;
    private readonly PageWatch _pages = new();
    private ScenarioPair? _pair;
    private string? _refusal;
    private long _start; // ns
    private long _forward;
    private long _backward;

    private ScenarioRunner(MigrationScenario scenario, Timeline timeline, ILogger logger, Action<ScenarioMessage> reported)
    {
        _scenario = scenario;
        _passes = new PassWatch(scenario.GiveUpAfter ?? 0);
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
        Check();
        _start = _timeline.NowNanoseconds + (long)(_scenario.WarmUpMs ?? 100) * 1_000_000;
        var network = new VirtualNetwork(_timeline)
        {
            Link = LinkOf(_scenario.Link ?? new()),
            SharesLink = true,
            ForwardCount = count => Interlocked.Add(ref _forward, count),
            BackwardCount = count => Interlocked.Add(ref _backward, count),
        };
        await using var pair = new ScenarioPair(_scenario, Address, _timeline, network, _logger, Report);
        _pair = pair;
        try
        {
            foreach (ScenarioNeighbour neighbour in _scenario.Neighbours ?? []) AddNeighbours(neighbour, network);
            await pair.StartAsync();
            foreach ((ScenarioPair other, _) in _neighbours) await other.StartAsync();
            Waker waker = _timeline.CreateWaker();
            await WaitUntilAsync(waker, _start);
            Note(await pair.MigrateAsync());
            await FollowAsync(pair.Source, pair.Destination, waker);
            return await FinishAsync(pair);
        }
        finally
        {
            foreach ((ScenarioPair other, _) in _neighbours) await other.DisposeAsync();
        }
    }

    private void Check()
    {
        if (_scenario.MemoryModel != ScenarioMemory.Counted) return;
        if (_scenario.Clock == ScenarioClock.Real) throw new ScenarioException("Memory is counted in virtual time only");
        IEnumerable<FaultPlan> faults = (_scenario.Source?.Faults ?? []).Concat(_scenario.Destination?.Faults ?? []);
        if (faults.Any(fault => fault.Action == FaultAction.Corrupt))
        {
            throw new ScenarioException("Counted memory has no bytes that could be corrupted; it has to be stored");
        }
    }

    private void AddNeighbours(ScenarioNeighbour neighbour, VirtualNetwork network)
    {
        var alike = new MigrationScenario
        {
            Version = _scenario.Version,
            MemoryModel = _scenario.MemoryModel,
            Memory = neighbour.Memory,
            Contents = neighbour.Contents,
            Workload = neighbour.Workload,
            Capabilities = neighbour.Capabilities,
            Source = new ScenarioMachine { Parameters = neighbour.Parameters },
            Destination = new ScenarioMachine { Parameters = neighbour.Parameters },
        };
        for (uint i = 0; i < (neighbour.Count ?? 1); i++)
        {
            string address = string.Create(CultureInfo.InvariantCulture, $"{Address}-{_neighbours.Count + 1}");
            _neighbours.Add((new ScenarioPair(alike, address, _timeline, network, _logger, (_, _) => { }), neighbour.StartMs ?? 0));
        }

        _neighbours.Sort((a, b) => a.At.CompareTo(b.At));
    }

    // Carries out the steps and looks on, until all is over.
    private async ValueTask FollowAsync(ScenarioVm source, ScenarioVm destination, Waker waker)
    {
        var steps = new Queue<ScenarioStep>((_scenario.Steps ?? []).OrderBy(s => s.AtMs));
        var neighbours = new Queue<(ScenarioPair Pair, long At)>(_neighbours);
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

            while (neighbours.TryPeek(out (ScenarioPair Pair, long At) neighbour) && neighbour.At <= now)
            {
                neighbours.Dequeue();
                Note(await neighbour.Pair.MigrateAsync());
            }

            if (now >= sample)
            {
                Sample(source, destination);
                sample += Math.Max(1, _scenario.SampleMs ?? SampleInterval);
            }

            bool isOver = steps.Count + neighbours.Count == 0 && _pair!.HasEnded && _neighbours.TrueForAll(n => n.Pair.HasEnded);
            if (end is null && (isOver || _passes.IsHopeless)) end = now + (isOver ? _scenario.RunOnMs ?? 100 : 0);
            if (now >= Math.Min(end ?? limit, limit)) return;
            long next = Math.Min(sample, Math.Min(end ?? limit, limit));
            if (steps.TryPeek(out ScenarioStep? nextStep)) next = Math.Min(next, nextStep.AtMs);
            if (neighbours.TryPeek(out (ScenarioPair Pair, long At) nextPair)) next = Math.Min(next, nextPair.At);
            await WaitUntilAsync(waker, _start + (next * 1_000_000));
        }
    }

    private async ValueTask<ScenarioResult> FinishAsync(ScenarioPair pair)
    {
        MigrationInfo sent = pair.Source.Migration;
        MigrationInfo loaded = pair.Destination.Migration;
        pair.Source.ReportExit();
        pair.Destination.ReportExit();
        Report(ScenarioEnd.Source, new JObject { ["query-migrate"] = ToJson(MigrationInfoVisitor.Write, sent) });
        Report(ScenarioEnd.Destination, new JObject { ["query-migrate"] = ToJson(MigrationInfoVisitor.Write, loaded) });
        MigrationInfo[] neighbours = [.. _neighbours.Select(n => n.Pair.Source.Migration)];
        for (int i = 0; i < neighbours.Length; i++)
        {
            Report(null, new JObject { ["neighbour"] = i + 1, ["query-migrate"] = ToJson(MigrationInfoVisitor.Write, neighbours[i]) });
        }

        _pages.Look(pair.Destination.TakePageWaits());
        IReadOnlyList<ScenarioStatus> statuses = ScenarioStatus.Of(_messages, _samples);
        ScenarioPostcopy? postcopy = _pages.Summarize(sent.Ram?.PostcopyRequests ?? 0, statuses);
        if (postcopy is not null) Report(null, new JObject { ["postcopy"] = ToJson(ScenarioPostcopyVisitor.Write, postcopy) });
        bool isApart = pair.IsApart;
        string? damage = await pair.FindDamageAsync();
        foreach ((ScenarioPair other, _) in _neighbours) damage ??= await other.FindDamageAsync();
        Report(null, new JObject { ["memory"] = damage ?? (isApart ? "in two places" : "intact") });
        var result = new ScenarioResult
        {
            Messages = _messages,
            Passes = _passes.Passes,
            Samples = _samples,
            Statuses = statuses,
            Postcopy = postcopy,
            Source = sent,
            Destination = loaded,
            Neighbours = neighbours,
            IsGivenUp = _passes.IsHopeless,
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

    private static JToken ToJson<T>(ValueWriter<T> write, T value)
    {
        using var output = new ByteBuffer();
        write(new JsonOutputVisitor(output), [], value);
        using var reader = new QmpJsonReader(output.Span);
        return JToken.Load(reader);
    }

    // The first refusal tells most.
    private void Note(string? refusal) => _refusal ??= refusal;

    private void Sample(ScenarioVm source, ScenarioVm destination)
    {
        MigrationInfo info = source.Migration;
        _pages.Look(destination.TakePageWaits());
        _samples.Add(new ScenarioSample
        {
            Milliseconds = Now,
            Status = info.Status ?? MigrationStatus.None,
            SourceRuns = source.IsRunning,
            DestinationRuns = destination.IsRunning,
            WaitsForAck = source.WaitsForAck,
            Forward = Interlocked.Read(ref _forward),
            Backward = Interlocked.Read(ref _backward),
            Faults = _pages.Faults,
            Waiting = _pages.Waiting,
            Requests = info.Ram?.PostcopyRequests ?? 0,
            MedianLatency = _pages.Median,
            LongestLatency = _pages.Longest,
            Throttle = source.Throttle,
            Remaining = source.Remaining,
            Dirtied = _pair!.Dirtied,
        });
    }

    private void Report(ScenarioEnd? on, JObject body)
    {
        lock (_gate)
        {
            var message = new ScenarioMessage(Now, on, body);
            _messages.Add(message);
            if (on == ScenarioEnd.Source && message.EventName == "MIGRATION_PASS") _passes.Add(Now, _pair!.Source.Migration, _pair.Source.Throttle);
            _reported(message);
        }
    }

    private void Report(ScenarioEnd on, JObject body) => Report((ScenarioEnd?)on, body);

    private async ValueTask WaitUntilAsync(Waker waker, long nanoseconds)
    {
        if (nanoseconds - _timeline.NowNanoseconds is var left and > 0)
        {
            await waker.WaitAsync(Waker.LimitOf(left));
        }
    }
}
