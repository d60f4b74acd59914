using Newtonsoft.Json.Linq;
using Qmp.Client.Migration;
using Qmp.Client.Tests.Support;
using Qmp.Types;

namespace Qmp.Client.Tests;

[TestFixture]
internal sealed class MigrationDriverTests
{
    private ScriptedPeer _peer = null!;
    private QmpConnection _connection = null!;
    private ManualTime _time = null!;

    [SetUp]
    public async Task SetUp()
    {
        _time = new ManualTime();
        (_peer, _connection) = await ScriptedPeer.ConnectAsync(new() { Time = _time });
    }

    [TearDown]
    public async Task TearDown()
    {
        await _connection.DisposeAsync();
        _peer.Dispose();
    }

    [Test]
    public async Task It_sets_up_starts_and_follows_events()
    {
        Task<MigrationResult> running = _connection.RunMigrationAsync(new()
        {
            Uri = "unix:/dst",
            Capabilities = new Dictionary<MigrationCapability, bool> { [MigrationCapability.ReturnPath] = true },
            Parameters = new() { MaxBandwidth = 1000 },
        });
        JObject capabilities = await _peer.AnswerAsync("migrate-set-capabilities");
        Assert.That(
            capabilities["arguments"]!["capabilities"]!.ToDictionary(
                c => (string)c["capability"]!, c => (bool)c["state"]!),
            Is.EquivalentTo(new Dictionary<string, bool> { ["return-path"] = true, ["events"] = true }));
        JObject parameters = await _peer.AnswerAsync("migrate-set-parameters");
        Assert.That(parameters["arguments"]!.ToString(Newtonsoft.Json.Formatting.None), Is.EqualTo(
            """{"max-bandwidth":1000}"""));
        JObject start = await StartAsync("unix:/dst");
        Assert.That(start["arguments"]!.Count(), Is.EqualTo(1));
        Status("active");
        Status("device");
        Status("completed");
        await InfoAsync("completed", """, "downtime": 12, "total-time": 700""");
        MigrationResult result = await running.Guarded();
        Assert.That(result.Outcome, Is.EqualTo(MigrationOutcome.Completed));
        Assert.That(result.Info!.Downtime, Is.EqualTo(12));
        Assert.That(result.Reason, Is.Null);
    }

    [Test]
    public async Task A_failure_has_the_servers_reason()
    {
        Task<MigrationResult> running = _connection.RunMigrationAsync(new() { Uri = "unix:/dst" });
        await _peer.AnswerAsync("migrate-set-capabilities");
        await StartAsync("unix:/dst");
        Status("failed");
        await InfoAsync("failed", """, "error-desc": "Unable to write to socket: Broken pipe" """);
        MigrationResult result = await running.Guarded();
        Assert.That(result.Outcome, Is.EqualTo(MigrationOutcome.Failed));
        Assert.That(result.Reason, Is.EqualTo("Unable to write to socket: Broken pipe"));
    }

    [Test]
    public async Task A_refused_start_is_an_exception()
    {
        Task<MigrationResult> running = _connection.RunMigrationAsync(new() { Uri = "nonsense" });
        await _peer.AnswerAsync("migrate-set-capabilities");
        JObject start = await _peer.ExpectAsync("migrate");
        Status("setup");
        Status("failed");
        _peer.Fail(start, "unknown migration protocol: nonsense");
        await running.FailsWith<QmpCommandException>();
    }

    [Test]
    public async Task The_end_of_an_earlier_migration_is_not_the_end_of_this_one()
    {
        Task<MigrationResult> running = _connection.RunMigrationAsync(new() { Uri = "unix:/dst" });
        await _peer.AnswerAsync("migrate-set-capabilities");
        JObject start = await _peer.ExpectAsync("migrate");
        Status("cancelled");
        Status("setup");
        _peer.Return(start);
        Status("completed");
        await InfoAsync("completed");
        Assert.That((await running.Guarded()).Outcome, Is.EqualTo(MigrationOutcome.Completed));
    }

    [Test]
    public async Task A_status_that_is_not_known_is_passed_over()
    {
        Task<MigrationResult> running = _connection.RunMigrationAsync(new() { Uri = "unix:/dst" });
        await _peer.AnswerAsync("migrate-set-capabilities");
        await StartAsync("unix:/dst");
        Status("warming-up");
        _peer.Raise("MIGRATION", new JObject { ["status"] = 5 });
        Status("completed");
        await InfoAsync("completed");
        Assert.That((await running.Guarded()).Outcome, Is.EqualTo(MigrationOutcome.Completed));
    }

    [Test]
    public async Task Without_events_it_asks()
    {
        Task<MigrationResult> running = _connection.RunMigrationAsync(new()
        {
            Uri = "unix:/dst",
            Capabilities = new Dictionary<MigrationCapability, bool> { [MigrationCapability.Events] = false },
            PollInterval = TimeSpan.FromMilliseconds(500),
        });
        await _peer.AnswerAsync("migrate-set-capabilities");
        await StartAsync("unix:/dst");
        Status("completed");
        foreach (string status in (string[])["setup", "active", "completed"])
        {
            await TickAsync(TimeSpan.FromMilliseconds(500));
            await InfoAsync(status);
        }

        await InfoAsync("completed");
        Assert.That((await running.Guarded()).Outcome, Is.EqualTo(MigrationOutcome.Completed));
    }

    [Test]
    public async Task The_caller_takes_part_in_the_switchover()
    {
        var reached = new TaskCompletionSource<MigrationInfo>();
        var go = new TaskCompletionSource();
        Task<MigrationResult> running = _connection.RunMigrationAsync(new()
        {
            Uri = "unix:/dst",
            BeforeSwitchover = async (info, _) =>
            {
                reached.SetResult(info);
                await go.Task;
            },
        });
        JObject capabilities = await _peer.AnswerAsync("migrate-set-capabilities");
        Assert.That(
            capabilities["arguments"]!["capabilities"]!.Select(c => (string)c["capability"]!),
            Is.EquivalentTo(["events", "pause-before-switchover"]));
        await StartAsync("unix:/dst");
        Status("active");
        Status("pre-switchover");
        await InfoAsync("pre-switchover");
        Assert.That((await reached.Task.Guarded()).Status, Is.EqualTo(MigrationStatus.PreSwitchover));
        go.SetResult();
        JObject request = await _peer.AnswerAsync("migrate-continue");
        Assert.That((string?)request["arguments"]!["state"], Is.EqualTo("pre-switchover"));
        Status("device");
        Status("completed");
        await InfoAsync("completed");
        Assert.That((await running.Guarded()).Outcome, Is.EqualTo(MigrationOutcome.Completed));
    }

    [Test]
    public async Task A_caller_that_fails_at_the_switchover_cancels_the_migration()
    {
        Task<MigrationResult> running = _connection.RunMigrationAsync(new()
        {
            Uri = "unix:/dst",
            BeforeSwitchover = (_, _) => throw new InvalidOperationException("the network is not ready"),
        });
        await _peer.AnswerAsync("migrate-set-capabilities");
        await StartAsync("unix:/dst");
        Status("pre-switchover");
        await InfoAsync("pre-switchover");
        await _peer.AnswerAsync("migrate_cancel");
        await InfoAsync("cancelled");
        InvalidOperationException failure = await running.FailsWith<InvalidOperationException>();
        Assert.That(failure.Message, Is.EqualTo("the network is not ready"));
    }

    [Test]
    public async Task Somebody_else_may_let_it_go_on()
    {
        Task<MigrationResult> running = _connection.RunMigrationAsync(
            new() { Uri = "unix:/dst", BeforeSwitchover = (_, _) => default });
        await _peer.AnswerAsync("migrate-set-capabilities");
        await StartAsync("unix:/dst");
        Status("pre-switchover");
        await InfoAsync("pre-switchover");
        _peer.Fail(await _peer.ExpectAsync("migrate-continue"), "Migration not in expected state: device");
        await InfoAsync("device");
        Status("completed");
        await InfoAsync("completed");
        Assert.That((await running.Guarded()).Outcome, Is.EqualTo(MigrationOutcome.Completed));
    }

    [Test]
    public async Task Cancelling_cancels_the_migration_and_waits_for_its_end()
    {
        using var stop = new CancellationTokenSource();
        Task<MigrationResult> running = _connection.RunMigrationAsync(new() { Uri = "unix:/dst" }, stop.Token);
        await _peer.AnswerAsync("migrate-set-capabilities");
        await StartAsync("unix:/dst");
        Status("active");
        await stop.CancelAsync();
        await _peer.AnswerAsync("migrate_cancel");
        await InfoAsync("cancelling");
        await TickAsync(TimeSpan.FromSeconds(1));
        JObject last = await _peer.ExpectAsync("query-migrate");
        Assert.That(running.IsCompleted, Is.False);
        _peer.Return(last, JObject.Parse("""{"status": "cancelled"}"""));
        await running.FailsWith<OperationCanceledException>();
    }

    [Test]
    public async Task A_migration_that_completes_in_spite_of_cancelling_is_complete()
    {
        using var stop = new CancellationTokenSource();
        Task<MigrationResult> running = _connection.RunMigrationAsync(new() { Uri = "unix:/dst" }, stop.Token);
        await _peer.AnswerAsync("migrate-set-capabilities");
        await StartAsync("unix:/dst");
        await WhenIdleAsync();
        await stop.CancelAsync();
        await _peer.AnswerAsync("migrate_cancel");
        await InfoAsync("completed");
        Assert.That((await running.Guarded()).Outcome, Is.EqualTo(MigrationOutcome.Completed));
    }

    [Test]
    public async Task A_cancellation_that_gets_no_answer_is_given_up_in_time()
    {
        using var stop = new CancellationTokenSource();
        Task<MigrationResult> running = _connection.RunMigrationAsync(
            new() { Uri = "unix:/dst", CancelTimeout = TimeSpan.FromSeconds(3) }, stop.Token);
        await _peer.AnswerAsync("migrate-set-capabilities");
        await StartAsync("unix:/dst");
        await WhenIdleAsync();
        await stop.CancelAsync();
        await _peer.ExpectAsync("migrate_cancel");
        _time.Advance(TimeSpan.FromSeconds(3));
        await running.FailsWith<OperationCanceledException>();
    }

    [Test]
    public async Task Progress_tells_pass_rates_and_stalls()
    {
        var reports = new List<MigrationProgress>();
        Task<MigrationResult> running = _connection.RunMigrationAsync(new()
        {
            Uri = "unix:/dst",
            Progress = new Immediate<MigrationProgress>(reports.Add),
        });
        await _peer.AnswerAsync("migrate-set-capabilities");
        await StartAsync("unix:/dst");
        await InfoAsync("setup");
        Status("active");
        await InfoAsync("active", Ram(pass: 1, remaining: 8000, dirtyPages: 0));
        await TickAsync(TimeSpan.FromSeconds(1));
        await InfoAsync("active", Ram(pass: 1, remaining: 5000, dirtyPages: 0));
        await TickAsync(TimeSpan.FromSeconds(1));
        await InfoAsync("active", Ram(pass: 2, remaining: 6000, dirtyPages: 1));
        await TickAsync(TimeSpan.FromSeconds(1));
        await InfoAsync("active", Ram(pass: 3, remaining: 5000, dirtyPages: 400));
        Status("completed");
        await InfoAsync("completed");
        await running.Guarded();
        Assert.That(reports.Select(r => r.Pass), Is.EqualTo([0, 1, 1, 2, 3, 0]));
        Assert.That(reports.Select(r => r.Elapsed.TotalSeconds), Is.EqualTo([0, 0, 1, 2, 3, 3]));
        Assert.That(reports.Select(r => r.SinceNewLow.TotalSeconds), Is.EqualTo([0, 0, 0, 1, 2, 2]));
        Assert.That(reports.Select(r => r.IsOutrun), Has.All.False, "two passes say little");
        Assert.That(reports[^2].SendRate, Is.EqualTo(1e6));
        Assert.That(reports[^2].DirtyRate, Is.EqualTo(4096 * 400));
    }

    [Test]
    public async Task A_source_that_is_too_busy_to_answer_is_asked_again()
    {
        (ScriptedPeer peer, QmpConnection connection) =
            await ScriptedPeer.ConnectAsync(new() { Time = _time, CommandTimeout = TimeSpan.FromSeconds(2) });
        using ScriptedPeer _ = peer;
        await using QmpConnection __ = connection;
        Task<MigrationResult> running = connection.RunMigrationAsync(new()
        {
            Uri = "unix:/dst",
            Capabilities = new Dictionary<MigrationCapability, bool> { [MigrationCapability.Events] = false },
        });
        await peer.AnswerAsync("migrate-set-capabilities");
        await peer.AnswerAsync("migrate");
        await TickAsync(TimeSpan.FromSeconds(1));
        await peer.ExpectAsync("query-migrate");
        await TickAsync(TimeSpan.FromSeconds(2));
        await TickAsync(TimeSpan.FromSeconds(1));
        await peer.AnswerAsync("query-migrate", JObject.Parse("""{"status": "completed"}"""));
        await peer.AnswerAsync("query-migrate", JObject.Parse("""{"status": "completed"}"""));
        Assert.That((await running.Guarded()).Outcome, Is.EqualTo(MigrationOutcome.Completed));
    }

    [Test]
    public async Task A_source_that_ends_right_after_completing_has_completed()
    {
        Task<MigrationResult> running = _connection.RunMigrationAsync(new() { Uri = "unix:/dst" });
        await _peer.AnswerAsync("migrate-set-capabilities");
        await StartAsync("unix:/dst");
        Status("completed");
        _peer.Dispose();
        MigrationResult result = await running.Guarded();
        Assert.That((result.Outcome, result.Info), Is.EqualTo((MigrationOutcome.Completed, (MigrationInfo?)null)));
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task A_source_that_is_lost_is_an_exception(bool events)
    {
        Task<MigrationResult> running = _connection.RunMigrationAsync(new()
        {
            Uri = "unix:/dst",
            Capabilities = new Dictionary<MigrationCapability, bool> { [MigrationCapability.Events] = events },
        });
        await _peer.AnswerAsync("migrate-set-capabilities");
        await StartAsync("unix:/dst");
        Status("active");
        _peer.Dispose();
        QmpDisconnectedException failure = await running.FailsWith<QmpDisconnectedException>();
        Assert.That(failure.Reason, Is.EqualTo(DisconnectReason.ClosedByPeer));
    }

    [Test]
    public async Task A_paused_postcopy_is_the_callers_to_recover()
    {
        Task<MigrationResult> running = _connection.RunMigrationAsync(new() { Uri = "unix:/dst" });
        await _peer.AnswerAsync("migrate-set-capabilities");
        await StartAsync("unix:/dst");
        Status("postcopy-active");
        Status("postcopy-paused");
        await InfoAsync("postcopy-paused", """, "error-desc": "Channel error" """);
        MigrationResult result = await running.Guarded();
        Assert.That((result.Outcome, result.Reason), Is.EqualTo((MigrationOutcome.PostcopyPaused, "Channel error")));
    }

    private static string Ram(int pass, long remaining, int dirtyPages) =>
        $$$"""
        , "ram": {"total": 8000, "postcopy-requests": 0, "dirty-sync-count": {{{pass}}}, "multifd-bytes": 0,
        "pages-per-second": 0, "downtime-bytes": 0, "page-size": 4096, "remaining": {{{remaining}}},
        "postcopy-bytes": 0, "mbps": 8, "transferred": 0, "dirty-sync-missed-zero-copy": 0, "precopy-bytes": 0,
        "duplicate": 0, "dirty-pages-rate": {{{dirtyPages}}}, "normal-bytes": 0, "normal": 0}
        """;

    private void Status(string status) => _peer.Raise("MIGRATION", new JObject { ["status"] = status });

    private async Task<JObject> StartAsync(string uri)
    {
        JObject start = await _peer.ExpectAsync("migrate");
        Assert.That((string?)start["arguments"]!["uri"], Is.EqualTo(uri));
        Status("setup");
        _peer.Return(start);
        return start;
    }

    private Task InfoAsync(string status, string more = "") =>
        _peer.AnswerAsync("query-migrate", JObject.Parse($"{{\"status\": \"{status}\"{more}}}"));

    /// <summary>Waits until the driver waits for so long, and lets that time pass.</summary>
    private async Task TickAsync(TimeSpan interval)
    {
        await _time.WhenPending(t => t == interval);
        _time.Advance(interval);
    }

    /// <summary>Waits until the driver has taken the reply to its start.</summary>
    private async Task WhenIdleAsync()
    {
        Task<QmpEvent> behind = _connection.WhenEventAsync(e => e.Name == "BEHIND", Timeout.InfiniteTimeSpan);
        _peer.Raise("BEHIND");
        await behind.Guarded();
    }

    private sealed class Immediate<T>(Action<T> report) : IProgress<T>
    {
        public void Report(T value) => report(value);
    }
}
