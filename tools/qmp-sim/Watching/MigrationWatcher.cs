using System.Diagnostics;
using System.Text;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using Qmp.Client;
using Qmp.Protocol.Json;
using Qmp.Simulation.Fitting;
using Qmp.Simulation.Text;
using Qmp.Types;

namespace Qmp.Sim.Watching;

/// <summary>Asks for the state of a migration until it is over.</summary>
/// <param name="clock">The clock.</param>
/// <param name="record">Gets the answers as a recording.</param>
internal sealed class MigrationWatcher(TimeProvider clock, TextWriter? record)
{
    private const string Query = "query-migrate";

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    /// <summary>Watches over a monitor.</summary>
    public async Task<WatchedMigration> WatchMonitorAsync(string address, CancellationToken cancellation)
    {
        await using QmpConnection connection = await QmpConnection.ConnectAsync(QmpEndpoint.Parse(address), cancellationToken: cancellation);
        return await WatchAsync(async () => (JObject)await connection.ExecuteRawAsync(Query, cancellationToken: cancellation), cancellation);
    }

    /// <summary>Watches by a command that prints the answer.</summary>
    public Task<WatchedMigration> WatchCommandAsync(string command, CancellationToken cancellation) =>
        WatchAsync(() => AskAsync(command, cancellation), cancellation);

    private async Task<WatchedMigration> WatchAsync(Func<Task<JObject>> ask, CancellationToken cancellation)
    {
        var answers = new List<(double, MigrationInfo)>();
        long? begin = null;
        using var timer = new PeriodicTimer(Interval, clock);
        while (true)
        {
            JObject answer = await ask();
            MigrationInfo info = WatchedMigration.Parse(answer);
            if (info.Ram is not null)
            {
                begin ??= clock.GetTimestamp();
                double seconds = clock.GetElapsedTime(begin.Value).TotalSeconds;
                answers.Add((seconds, info));
                if (record is not null) await record.WriteLineAsync(Line(seconds, answer));
            }

            if (info.Status is MigrationStatus.Completed or MigrationStatus.Failed or MigrationStatus.Cancelled) return WatchedMigration.Of(answers);
            await timer.WaitForNextTickAsync(cancellation);
        }
    }

    private static string Line(double seconds, JObject answer) =>
        new JObject { ["t"] = Math.Round(seconds, 4), ["return"] = answer }.ToString(Formatting.None);

    private static async Task<JObject> AskAsync(string command, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", command]) { RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        string text = await process.StandardOutput.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
        if (process.ExitCode != 0) throw new ScenarioException($"'{command}' ended with status {process.ExitCode}");
        try
        {
            using var reader = new QmpJsonReader(Encoding.UTF8.GetBytes(text));
            var answer = JObject.Load(reader);
            return answer["return"] as JObject ?? answer;
        }
        catch (JsonException e)
        {
            throw new ScenarioException($"'{command}' printed what is no answer: {e.Message}");
        }
    }
}
