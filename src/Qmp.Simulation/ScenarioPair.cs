using Newtonsoft.Json.Linq;
using Qmp.Devices.Workload.Model;
using Qmp.Machine.Time;
using Qmp.Migration.Channels;
using Qmp.Simulation.Guests;
using Qmp.Simulation.Text;
using Qmp.Types;
using Serilog;

namespace Qmp.Simulation;

/// <summary>The two machines of one migration, and the guest that moves between them.</summary>
internal sealed class ScenarioPair : IAsyncDisposable
{
    private readonly MigrationScenario _scenario;
    private readonly string _address;
    private readonly List<ModelProgram> _programs;

    /// <param name="scenario">What the machines are like.</param>
    /// <param name="address">Where the destination listens.</param>
    /// <param name="timeline">Where they run.</param>
    /// <param name="connector">Connects them.</param>
    /// <param name="logger">Their log.</param>
    /// <param name="report">Is told what they say.</param>
    /// <exception cref="ScenarioException">There can be no such guest.</exception>
    public ScenarioPair(
        MigrationScenario scenario,
        string address,
        Timeline timeline,
        IMigrationConnector connector,
        ILogger logger,
        Action<ScenarioEnd, JObject> report)
    {
        _scenario = scenario;
        _address = address;
        Source = new ScenarioVm(scenario, ScenarioEnd.Source, timeline, connector, logger, report);
        Destination = new ScenarioVm(scenario, ScenarioEnd.Destination, timeline, connector, logger, report);
        ulong memory = Source.Memory.TotalLength;
        ulong noise = scenario.Noise ?? 0;
        if (noise > memory) throw new ScenarioException($"Parameter 'noise' expects at most the memory, which has {memory} bytes");
        GuestContents.Load(Source.Memory, scenario.Contents ?? [], noise);
        _programs = [.. (scenario.Workload ?? []).Select(workload => WorkloadModels.Create(workload, memory))];
        foreach (ModelProgram program in _programs)
        {
            Source.Add(program);
            Destination.Add(program);
        }
    }

    /// <summary>Where the guest is at first.</summary>
    public ScenarioVm Source { get; }

    /// <summary>Where it goes.</summary>
    public ScenarioVm Destination { get; }

    /// <summary>Bytes of pages that the guest's programs have written.</summary>
    public ulong Dirtied => _programs.Aggregate(0UL, (sum, program) => sum + program.Written);

    /// <summary>Whether both are done. A destination that no source has connected to still waits: that is not a failure.</summary>
    public bool HasEnded =>
        (Source.HasExited || IsFinal(Source.Migration.Status))
        && (Destination.HasExited || IsFinal(Destination.Migration.Status) || Destination.Migration.Status == MigrationStatus.Setup);

    /// <summary>Lets both machines run.</summary>
    public async ValueTask StartAsync()
    {
        await Destination.StartAsync();
        await Source.StartAsync();
    }

    /// <summary>Begins the migration.</summary>
    /// <returns>Why it was refused; <see langword="null"/> if it was not.</returns>
    public async ValueTask<string?> MigrateAsync()
    {
        var uri = new JObject { ["uri"] = $"unix:{_address}" };
        string? refusal = await Destination.ExecuteAsync("migrate-incoming", uri);
        return await Source.ExecuteAsync("migrate", uri) is { } second ? refusal ?? second : refusal;
    }

    /// <summary>
    /// Whether the guest has gone and its memory has not yet: it may wait for a page that does not come, and cannot be stopped then.
    /// </summary>
    public bool IsApart => IsFollowing(Destination.Migration.Status) || IsFollowing(Source.Migration.Status);

    /// <summary>Stops the guest, and looks at its memory.</summary>
    /// <returns>What is wrong with it; <see langword="null"/> if nothing is, or if it is in two places.</returns>
    public async ValueTask<string?> FindDamageAsync()
    {
        if (IsApart) return null;
        bool hasMoved = Destination.Migration.Status == MigrationStatus.Completed;
        await Source.FreezeAsync();
        await Destination.FreezeAsync();
        ScenarioVm holder = hasMoved ? Destination : Source;
        if (_programs.Count == 0 && _scenario is { Contents: null or { Count: 0 }, MemoryModel: not ScenarioMemory.Counted })
        {
            return GuestNoise.FindDamage(
                holder.Memory, _scenario.Noise ?? 0, [.. Source.Workloads, .. Destination.Workloads], holder.Workloads);
        }

        string? damage = holder.Workloads.Select(guest => guest.Verify()).FirstOrDefault(found => found is not null);
        return damage ?? (hasMoved ? MovedMemory.FindDamage(Source.Memory, Destination.Memory, _programs, [.. Source.Workloads, .. Destination.Workloads]) : null);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Destination.DisposeAsync();
        await Source.DisposeAsync();
    }

    private static bool IsFollowing(MigrationStatus? status) => status
        is MigrationStatus.PostcopyDevice or MigrationStatus.PostcopyActive or MigrationStatus.PostcopyPaused
        or MigrationStatus.PostcopyRecoverSetup or MigrationStatus.PostcopyRecover;

    private static bool IsFinal(MigrationStatus? status) => status
        is MigrationStatus.Completed or MigrationStatus.Failed or MigrationStatus.Cancelled or null;
}
