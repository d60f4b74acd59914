using System.Text;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using Qmp.Api;
using Qmp.Protocol.Json;
using Qmp.Protocol.Visitors;
using Qmp.Simulation.Text;
using Qmp.Types;

namespace Qmp.Simulation.Sweeps;

/// <summary>The output of a sweep: a line of JSON that says what was swept, then one for each point.</summary>
public sealed class SweepFile
{
    /// <summary>What was swept.</summary>
    public required SweepHead Head { get; init; }

    /// <summary>The points.</summary>
    public required IReadOnlyList<SweepPoint> Points { get; init; }

    /// <summary>The line of a head.</summary>
    public static string Line(SweepHead head) => SchemaJson.Line(SweepHeadVisitor.Write, head);

    /// <summary>The line of a point.</summary>
    public static string Line(SweepPoint point) => SchemaJson.Line(SweepPointVisitor.Write, point);

    /// <summary>Reads one.</summary>
    /// <param name="name">Its name, for messages.</param>
    /// <param name="lines">Its lines.</param>
    /// <exception cref="ScenarioException">It is none.</exception>
    public static SweepFile Read(string name, IEnumerable<string> lines)
    {
        SweepHead? head = null;
        var points = new List<SweepPoint>();
        int number = 0;
        foreach (string line in lines)
        {
            number++;
            if (string.IsNullOrWhiteSpace(line)) continue;
            try
            {
                using var reader = new QmpJsonReader(Encoding.UTF8.GetBytes(line));
                var visitor = new JsonInputVisitor();
                visitor.Reset(JObject.Load(reader));
                if (head is null) head = SweepHeadVisitor.Read(visitor, null);
                else points.Add(SweepPointVisitor.Read(visitor, null));
            }
            catch (Exception e) when (e is VisitorException or JsonException)
            {
                throw new ScenarioException($"{name}:{number}: {e.Message}");
            }
        }

        return new SweepFile { Head = head ?? throw new ScenarioException($"{name}: it is empty"), Points = points };
    }

    /// <summary>Puts the parts of a sweep together.</summary>
    /// <param name="parts">The parts, each with its name, in any order.</param>
    /// <exception cref="ScenarioException">They are not parts of one sweep, or a point is missing or there twice.</exception>
    public static SweepFile Merge(IReadOnlyList<(string Name, SweepFile File)> parts)
    {
        (string firstName, SweepFile first) = parts[0];
        var points = new SortedDictionary<long, SweepPoint>();
        foreach ((string name, SweepFile file) in parts)
        {
            if (file.Head != first.Head) throw new ScenarioException($"{name}: it is of another sweep than {firstName}");
            foreach (SweepPoint point in file.Points)
            {
                if (!points.TryAdd(point.Index, point)) throw new ScenarioException($"{name}: point {point.Index} is there twice");
            }
        }

        for (long i = 0; i < first.Head.Points; i++)
        {
            if (!points.ContainsKey(i)) throw new ScenarioException($"Point {i} is missing");
        }

        return new SweepFile { Head = first.Head, Points = [.. points.Values] };
    }
}
