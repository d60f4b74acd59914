using System.Text;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using Qmp.Api;
using Qmp.Protocol.Json;
using Qmp.Protocol.Visitors;
using Qmp.Simulation.Text;
using Qmp.Types;

namespace Qmp.Simulation.Fitting;

/// <summary>What <c>query-migrate</c> said over the time of one migration.</summary>
public sealed class WatchedMigration
{
    private WatchedMigration(IReadOnlyList<(double Seconds, MigrationInfo Info)> answers) => Answers = answers;

    /// <summary>The answers, each with its time in seconds.</summary>
    public IReadOnlyList<(double Seconds, MigrationInfo Info)> Answers { get; }

    /// <summary>The last answer.</summary>
    public MigrationInfo Last => Answers[^1].Info;

    /// <summary>A migration that was watched.</summary>
    /// <exception cref="ScenarioException">There is too little to tell anything from.</exception>
    public static WatchedMigration Of(IEnumerable<(double Seconds, MigrationInfo Info)> answers)
    {
        // Since when a migration lasts, it knows best itself.
        (double Seconds, MigrationInfo Info)[] useful =
        [
            .. answers.Where(answer => answer.Info.Ram is not null)
                .Select(answer => (answer.Info.TotalTime / 1000.0 ?? answer.Seconds, answer.Info)).OrderBy(answer => answer.Item1),
        ];
        return useful.Length >= 3
            ? new WatchedMigration(useful)
            : throw new ScenarioException("There are fewer than three answers with figures of RAM; ask more often, or for longer");
    }

    /// <summary>Reads a recording: lines of JSON, each <c>{"t": SECONDS, "return": ANSWER}</c>.</summary>
    /// <exception cref="ScenarioException">It is none.</exception>
    public static WatchedMigration Read(string name, IEnumerable<string> lines)
    {
        var answers = new List<(double, MigrationInfo)>();
        int number = 0;
        foreach (string line in lines)
        {
            number++;
            if (string.IsNullOrWhiteSpace(line)) continue;
            try
            {
                using var reader = new QmpJsonReader(Encoding.UTF8.GetBytes(line));
                var message = JObject.Load(reader);
                if (message["t"] is not { Type: JTokenType.Integer or JTokenType.Float } time || message["return"] is not JObject answer)
                {
                    throw new ScenarioException($"{name}:{number}: expected {{\"t\": SECONDS, \"return\": ANSWER}}");
                }

                answers.Add(((double)time, Parse(answer)));
            }
            catch (Exception e) when (e is VisitorException or JsonException)
            {
                throw new ScenarioException($"{name}:{number}: {e.Message}");
            }
        }

        return Of(answers);
    }

    /// <summary>Reads an answer; what is not known in it is passed over.</summary>
    /// <exception cref="VisitorException">It is none.</exception>
    public static MigrationInfo Parse(JObject answer)
    {
        var visitor = new JsonInputVisitor(tolerant: true);
        visitor.Reset(answer);
        return MigrationInfoVisitor.Read(visitor, null);
    }
}
