using System.Globalization;
using Qmp.Client;
using Qmp.Client.Migration;

namespace Qmp.EndToEnd.Tests.CommandLine;

/// <summary>What <c>-d trace:*</c> tells of a migration.</summary>
[TestFixture]
internal sealed class TraceTests
{
    [Test]
    public async Task A_migration_is_told_in_order()
    {
        string qmpd = Environment.GetEnvironmentVariable("QMPD") is { Length: > 0 } path
            ? Path.GetFullPath(path)
            : Path.Combine(Repository.Root, "artifacts/bin/qmpd/release/qmpd");
        if (!File.Exists(qmpd)) Assert.Ignore("needs a Release build of qmpd");
        using var folder = new TemporaryFolder();
        string[] words = ["-M", "none", "-m", "16M", "-d", "trace:*", "-D"];
        await using (QemuProcess target = await QemuProcess.StartAsync(qmpd, [.. words, folder.File("dst.log"), "-incoming", $"unix:{folder.File("mig")}"]))
        {
            await using QemuProcess source = await QemuProcess.StartAsync(qmpd, [.. words, folder.File("src.log")]);
            MigrationResult result = await source.Qmp.RunMigrationAsync(new() { Uri = $"unix:{folder.File("mig")}" });
            Assert.That(result.Outcome, Is.EqualTo(MigrationOutcome.Completed));
        }

        string[] lines = await File.ReadAllLinesAsync(folder.File("src.log"));
        string[] told =
        [
            "handle_qmp_command compat_monitor0 {\"execute\":\"migrate\"", "monitor_qmp_respond compat_monitor0 {\"return\": {}",
            "migration_set_outgoing_channel main", "savevm_section_start \"ram\"", "migration_bitmap_sync_end pass=1",
            "runstate_set", "monitor_protocol_event_emit {", "migration_set_state Device Completed",
        ];
        foreach (string text in told) Assert.That(lines, Has.Some.Contains(text));
        int channel = Array.FindIndex(lines, l => l.Contains(told[2]));
        int end = Array.FindIndex(lines, l => l.Contains(told[^1]));
        Assert.That(end, Is.GreaterThan(channel));
        TimeSpan[] times = [.. lines.Select(l => TimeSpan.ParseExact(l[..15], @"hh\:mm\:ss\.ffffff", CultureInfo.InvariantCulture))];
        // A run over midnight is one in which one time is less.
        Assert.That(times.Zip(times.Skip(1)).Count(pair => pair.Second < pair.First), Is.LessThanOrEqualTo(1));
        Assert.That(await File.ReadAllLinesAsync(folder.File("dst.log")), Has.Some.Contains("migration_set_incoming_channel"));
    }
}
