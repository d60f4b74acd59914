using System.Globalization;
using Qmp.Devices.Workload.Model;
using Qmp.Emulator.Files;
using Qmp.Machine.Memory;
using Qmp.Simulation.Text;
using Qmp.Types;

namespace Qmp.Simulation.Guests;

/// <summary>Makes the programs of guests from what a scenario says of them.</summary>
internal static class WorkloadModels
{
    private const long Page = RamBlock.PageSize;

    /// <summary>The program of a workload.</summary>
    /// <param name="workload">What the scenario says.</param>
    /// <param name="memory">Bytes of guest memory.</param>
    /// <exception cref="ScenarioException">There can be no such guest.</exception>
    public static ModelProgram Create(ScenarioWorkload workload, ulong memory)
    {
        ulong offset = workload.Offset ?? 0;
        if (offset % (ulong)Page != 0 || offset >= memory) throw Wrong("offset", "the address of a page in memory");
        uint change = workload.Change ?? (uint)Page;
        if (change is 0 or > (uint)Page) throw Wrong("change", "1 to 4096 bytes");
        if (workload.Fill > 100) throw Wrong("fill", "at most 100 percent");
        if (workload is { Phases.Count: > 0, Trace: not null }) throw new ScenarioException("Parameters 'phases' and 'trace' exclude each other");
        long room = (long)(memory - offset);
        ModelPhase start = PhaseOf(ActivityOf(workload), null, TimeSpan.Zero, room);
        (IReadOnlyList<ModelPhase> phases, TimeSpan repeat) = workload.Trace is { } trace
            ? (Trace(trace, start), TimeSpan.Zero)
            : Phases(workload.Phases ?? [], start, room);
        return new ModelProgram(new ModelSettings
        {
            Offset = (long)offset,
            Change = (int)change,
            Fill = workload.Fill ?? 0,
            Seed = workload.Seed ?? 0,
            Phases = phases,
            Repeat = repeat,
        });
    }

    private static (IReadOnlyList<ModelPhase> Phases, TimeSpan Repeat) Phases(IReadOnlyList<ScenarioPhase> phases, ModelPhase start, long room)
    {
        if (phases.Count == 0) return ([start], TimeSpan.Zero);
        var made = new List<ModelPhase>();
        TimeSpan at = TimeSpan.Zero;
        foreach (ScenarioPhase phase in phases)
        {
            if (phase.ForMs == 0) throw Wrong("for-ms", "at least 1 ms");
            start = PhaseOf(ActivityOf(phase), start, at, room);
            made.Add(start);
            at += TimeSpan.FromMilliseconds(phase.ForMs);
        }

        return (made, at);
    }

    private static ScenarioActivity ActivityOf(ScenarioWorkload all) => new()
    {
        Rate = all.Rate, WorkingSet = all.WorkingSet, Pattern = all.Pattern, HotPart = all.HotPart, HotShare = all.HotShare, Skew = all.Skew,
    };

    private static ScenarioActivity ActivityOf(ScenarioPhase all) => new()
    {
        Rate = all.Rate, WorkingSet = all.WorkingSet, Pattern = all.Pattern, HotPart = all.HotPart, HotShare = all.HotShare, Skew = all.Skew,
    };

    private static ModelPhase PhaseOf(ScenarioActivity activity, ModelPhase? before, TimeSpan at, long room)
    {
        long workingSet = activity.WorkingSet is { } size ? (long)Math.Min(size, long.MaxValue) / Page * Page : before?.WorkingSet ?? room;
        if (workingSet < Page || workingSet > room) throw Wrong("working-set", "a page or more, all in memory");
        double hotPart = Part("hot-part", activity.HotPart) ?? before?.Pattern.HotPart ?? 0.1;
        double hotShare = Part("hot-share", activity.HotShare) ?? before?.Pattern.HotShare ?? 0.9;
        if (activity.Skew is < 0 or > 20 or double.NaN) throw Wrong("skew", "0 to 20");
        return new ModelPhase(
            at,
            activity.Rate ?? before?.Rate ?? 0,
            workingSet,
            new ModelPattern
            {
                Kind = activity.Pattern is { } pattern ? KindOf(pattern) : before?.Pattern.Kind ?? ModelPatternKind.Uniform,
                HotPart = hotPart,
                HotShare = hotShare,
                Skew = activity.Skew ?? before?.Pattern.Skew ?? 1,
            });
    }

    private static double? Part(string name, double? percent) =>
        percent is < 0 or > 100 or double.NaN ? throw Wrong(name, "0 to 100 percent") : percent / 100;

    private static ModelPatternKind KindOf(ScenarioPattern pattern) => pattern switch
    {
        ScenarioPattern.Round => ModelPatternKind.Round,
        ScenarioPattern.HotCold => ModelPatternKind.HotCold,
        ScenarioPattern.Zipf => ModelPatternKind.Zipf,
        _ => ModelPatternKind.Uniform,
    };

    private static List<ModelPhase> Trace(string path, ModelPhase start)
    {
        var phases = new List<ModelPhase>();
        foreach ((string line, int number) in Lines(path).Select((line, i) => (line.Trim(), i + 1)))
        {
            if (line.Length == 0 || line[0] == '#') continue;
            string[] parts = line.Split([',', ';', ' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            if (parts.Length != 2 || Number(parts[0]) is not { } seconds || Number(parts[1]) is not { } rate
                || (phases.Count > 0 && seconds <= phases[^1].At.TotalSeconds))
            {
                throw new ScenarioException($"{path}:{number}: expected a time in seconds, later than that before, and a rate in bytes a second");
            }

            phases.Add(start with { At = TimeSpan.FromSeconds(seconds), Rate = rate });
        }

        if (phases.Count == 0) throw new ScenarioException($"{path}: no rates");
        if (phases[0].At > TimeSpan.Zero) phases.Insert(0, phases[0] with { At = TimeSpan.Zero });
        return phases;
    }

    private static string[] Lines(string path)
    {
        try
        {
            return File.ReadAllLines(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new ScenarioException($"{path}: {FileErrors.Text(e)}");
        }
    }

    private static double? Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value is >= 0 and < 1e15 ? value : null;

    private static ScenarioException Wrong(string name, string expected) => new($"Parameter '{name}' of the workload expects {expected}");
}
