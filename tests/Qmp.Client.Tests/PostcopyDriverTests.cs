using Newtonsoft.Json.Linq;
using Qmp.Client.Migration;
using Qmp.Client.Tests.Support;
using Qmp.Types;

namespace Qmp.Client.Tests;

/// <summary>Postcopy: when the driver starts it, and what it does at a pause; the source is a script.</summary>
[TestFixture]
internal sealed class PostcopyDriverTests
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
    public async Task It_starts_after_the_pass_that_the_plan_names()
    {
        Task<MigrationResult> running = _connection.RunMigrationAsync(
            new() { Uri = "unix:/dst", StartPostcopyWhen = p => p.Pass > 2 });
        JObject capabilities = await _peer.AnswerAsync("migrate-set-capabilities");
        Assert.That(
            capabilities["arguments"]!["capabilities"]!.Select(c => $"{c["capability"]} {c["state"]}"),
            Is.EquivalentTo(["events True", "postcopy-ram True"]));
        await StartAsync();
        await InfoAsync("setup"); // at once
        await InfoAsync("setup"); // the event of that name
        foreach (int pass in (int[])[1, 2, 3])
        {
            _peer.Raise("MIGRATION_PASS", new JObject { ["pass"] = pass });
            await InfoAsync("active", Ram(pass));
        }

        await _peer.AnswerAsync("migrate-start-postcopy");
        _peer.Raise("MIGRATION_PASS", new JObject { ["pass"] = 4 });
        Status("postcopy-active", "completed");
        await InfoAsync("completed");
        MigrationResult result = await running.Guarded();
        Assert.That((result.Outcome, result.WentAhead, result.Pauses), Is.EqualTo((MigrationOutcome.Completed, true, 0)));
    }

    [Test]
    public async Task Without_events_it_starts_at_once_all_the_same()
    {
        Task<MigrationResult> running = _connection.RunMigrationAsync(new()
        {
            Uri = "unix:/dst",
            Capabilities = new Dictionary<MigrationCapability, bool> { [MigrationCapability.Events] = false },
            StartPostcopyWhen = _ => true,
        });
        await _peer.AnswerAsync("migrate-set-capabilities");
        await _peer.AnswerAsync("migrate");
        await InfoAsync("setup");
        await _peer.AnswerAsync("migrate-start-postcopy");
        await TickAsync(TimeSpan.FromSeconds(1));
        await InfoAsync("completed", Ram(1, postcopyBytes: 4096));
        await InfoAsync("completed", Ram(1, postcopyBytes: 4096));
        MigrationResult result = await running.Guarded();
        Assert.That((result.Outcome, result.WentAhead), Is.EqualTo((MigrationOutcome.Completed, true)));
    }

    [Test]
    public async Task A_switchover_that_comes_first_is_no_postcopy()
    {
        Task<MigrationResult> running = _connection.RunMigrationAsync(new()
        {
            Uri = "unix:/dst", StartPostcopyWhen = p => p.Status is not (MigrationStatus.Setup or MigrationStatus.Active),
        });
        await _peer.AnswerAsync("migrate-set-capabilities");
        await StartAsync();
        await InfoAsync("setup");
        await InfoAsync("setup");
        Status("device");
        await InfoAsync("device");
        Status("completed");
        await InfoAsync("completed", Ram(3));
        MigrationResult result = await running.Guarded();
        Assert.That((result.Outcome, result.WentAhead), Is.EqualTo((MigrationOutcome.Completed, false)));
    }

    [Test]
    public async Task A_start_that_is_refused_cancels_the_migration()
    {
        Task<MigrationResult> running = _connection.RunMigrationAsync(
            new() { Uri = "unix:/dst", StartPostcopyWhen = _ => true });
        await _peer.AnswerAsync("migrate-set-capabilities");
        await StartAsync();
        await InfoAsync("setup");
        _peer.Fail(await _peer.ExpectAsync("migrate-start-postcopy"), "Enable postcopy first");
        await _peer.AnswerAsync("migrate_cancel");
        await InfoAsync("cancelled");
        QmpCommandException failure = await running.FailsWith<QmpCommandException>();
        Assert.That(failure.Message, Does.Contain("Enable postcopy first"));
    }

    [Test]
    public async Task A_caller_that_cannot_say_when_cancels_the_migration()
    {
        Task<MigrationResult> running = _connection.RunMigrationAsync(
            new() { Uri = "unix:/dst", StartPostcopyWhen = _ => throw new InvalidOperationException("no idea") });
        await _peer.AnswerAsync("migrate-set-capabilities");
        await StartAsync();
        await InfoAsync("setup");
        await _peer.AnswerAsync("migrate_cancel");
        await InfoAsync("cancelled");
        InvalidOperationException failure = await running.FailsWith<InvalidOperationException>();
        Assert.That(failure.Message, Is.EqualTo("no idea"));
    }

    [Test]
    public async Task A_pause_is_recovered_and_a_recovery_that_fails_is_another_pause()
    {
        var pauses = new List<string>();
        Task<MigrationResult> running = RunAsync((pause, _) =>
        {
            pauses.Add($"{pause.Count}: {pause.Info.ErrorDesc}");
            return new($"unix:/again{pause.Count}");
        });
        await PausedAsync("first");
        await ResumedAsync("unix:/again1");
        Status("postcopy-recover-setup", "postcopy-paused");
        await InfoAsync("postcopy-paused", """, "error-desc": "second" """);
        await ResumedAsync("unix:/again2");
        Status("postcopy-recover-setup", "postcopy-recover", "postcopy-active", "completed");
        await InfoAsync("completed");
        MigrationResult result = await running.Guarded();
        Assert.That(pauses, Is.EqualTo(["1: first", "2: second"]));
        Assert.That(
            (result.Outcome, result.WentAhead, result.Pauses, result.Recoveries),
            Is.EqualTo((MigrationOutcome.Completed, true, 2, 1)));
    }

    [Test]
    public async Task A_caller_that_gives_up_has_it_paused()
    {
        Task<MigrationResult> running = RunAsync((_, _) => new((string?)null));
        await PausedAsync("gone");
        await InfoAsync("postcopy-paused", """, "error-desc": "gone" """);
        MigrationResult result = await running.Guarded();
        Assert.That(
            (result.Outcome, result.Reason, result.WentAhead, result.Pauses, result.Recoveries),
            Is.EqualTo((MigrationOutcome.PostcopyPaused, "gone", true, 1, 0)));
    }

    [Test]
    public async Task A_pause_that_is_told_again_is_the_same()
    {
        int asked = 0;
        Task<MigrationResult> running = RunAsync((_, _) =>
        {
            asked++;
            Status("postcopy-paused");
            return new("unix:/again");
        });
        await PausedAsync("gone");
        await ResumedAsync("unix:/again");
        // What is told late is asked about.
        Status("postcopy-paused");
        await InfoAsync("postcopy-recover");
        Status("postcopy-active", "completed");
        await InfoAsync("completed");
        MigrationResult result = await running.Guarded();
        Assert.That((asked, result.Pauses, result.Recoveries), Is.EqualTo((1, 1, 1)));
    }

    [Test]
    public async Task Another_client_may_be_faster()
    {
        Task<MigrationResult> running = RunAsync((_, _) => new("unix:/again"));
        await PausedAsync("gone");
        _peer.Fail(await _peer.ExpectAsync("migrate"), "Cannot resume if there is no paused migration");
        await InfoAsync("postcopy-active");
        Status("completed");
        await InfoAsync("completed");
        MigrationResult result = await running.Guarded();
        Assert.That((result.Outcome, result.Pauses, result.Recoveries), Is.EqualTo((MigrationOutcome.Completed, 1, 1)));
    }

    [Test]
    public async Task A_resumption_that_is_refused_is_an_exception_and_cancels_nothing()
    {
        Task<MigrationResult> running = RunAsync((_, _) => new("nonsense"));
        await PausedAsync("gone");
        _peer.Fail(await _peer.ExpectAsync("migrate"), "unknown migration protocol: nonsense");
        await InfoAsync("postcopy-paused");
        await running.FailsWith<QmpCommandException>();
        await ExpectNothingMoreAsync();
    }

    [Test]
    public async Task A_caller_that_fails_at_a_pause_leaves_it_paused()
    {
        Task<MigrationResult> running = RunAsync((_, _) => throw new InvalidOperationException("no way"));
        await PausedAsync("gone");
        await InfoAsync("postcopy-paused");
        await running.FailsWith<InvalidOperationException>();
        await ExpectNothingMoreAsync();
    }

    [Test]
    public async Task What_has_gone_ahead_is_not_cancelled()
    {
        using var stop = new CancellationTokenSource();
        var reached = new TaskCompletionSource();
        Task<MigrationResult> running = RunAsync(
            async (_, cancellation) =>
            {
                reached.SetResult();
                await Task.Delay(Timeout.InfiniteTimeSpan, cancellation);
                return null;
            },
            stop.Token);
        await PausedAsync("gone");
        await reached.Task.Guarded();
        await stop.CancelAsync();
        await InfoAsync("postcopy-paused");
        await running.FailsWith<OperationCanceledException>();
        await ExpectNothingMoreAsync();
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task Who_follows_may_stay_over_a_pause(bool overPauses)
    {
        Task<MigrationResult> following = _connection.FollowMigrationAsync(overPauses: overPauses);
        await InfoAsync("postcopy-active");
        await _peer.AnswerAsync("query-migrate-capabilities", new JArray());
        Status("postcopy-paused");
        await InfoAsync("postcopy-paused");
        if (overPauses)
        {
            foreach (string status in (string[])["postcopy-paused", "postcopy-recover", "postcopy-paused", "postcopy-active", "completed"])
            {
                Status(status);
                await InfoAsync(status);
            }
        }

        MigrationResult result = await following.Guarded();
        Assert.That(
            (result.Outcome, result.WentAhead, result.Pauses, result.Recoveries),
            Is.EqualTo(overPauses ? (MigrationOutcome.Completed, true, 2, 1) : (MigrationOutcome.PostcopyPaused, true, 1, 0)));
    }

    [Test]
    public async Task A_destination_that_has_not_noticed_is_paused_first()
    {
        Task preparing = _connection.PrepareRecoveryAsync("unix:/again");
        JObject request = await _peer.ExpectAsync("migrate-recover");
        Assert.That((string?)request["exec-oob"], Is.EqualTo("migrate-recover"), "the monitor may wait for a page");
        _peer.Fail(request, "Migrate recover can only be run when postcopy is paused.");
        Assert.That((await _peer.AnswerAsync("migrate-pause")).ContainsKey("exec-oob"));
        await TickAsync(TimeSpan.FromMilliseconds(100));
        request = await _peer.AnswerAsync("migrate-recover");
        Assert.That((string?)request["arguments"]!["uri"], Is.EqualTo("unix:/again"));
        await preparing.Guarded();
    }

    [Test]
    public async Task A_destination_that_cannot_listen_there_says_so()
    {
        Task preparing = _connection.PrepareRecoveryAsync("nonsense");
        foreach (string command in (string[])["migrate-recover", "migrate-pause", "migrate-recover"])
        {
            Assert.That(preparing.IsCompleted, Is.False);
            _peer.Fail(await _peer.ExpectAsync(command), $"{command} is refused");
        }

        QmpCommandException failure = await preparing.FailsWith<QmpCommandException>();
        Assert.That(failure.Message, Does.Contain("migrate-recover is refused"));
    }

    private static string Ram(int pass, int postcopyBytes = 0) =>
        $$$"""
        , "ram": {"total": 8000, "postcopy-requests": 0, "dirty-sync-count": {{{pass}}}, "multifd-bytes": 0,
        "pages-per-second": 0, "downtime-bytes": 0, "page-size": 4096, "remaining": 5000,
        "postcopy-bytes": {{{postcopyBytes}}}, "mbps": 8, "transferred": 0, "dirty-sync-missed-zero-copy": 0,
        "precopy-bytes": 0, "duplicate": 0, "dirty-pages-rate": 1, "normal-bytes": 0, "normal": 0}
        """;

    private Task<MigrationResult> RunAsync(
        Func<PostcopyPause, CancellationToken, ValueTask<string?>> recover, CancellationToken cancellationToken = default) =>
        _connection.RunMigrationAsync(new() { Uri = "unix:/dst", Recover = recover }, cancellationToken);

    private async Task PausedAsync(string reason)
    {
        await _peer.AnswerAsync("migrate-set-capabilities");
        await StartAsync();
        Status("active", "postcopy-active", "postcopy-paused");
        await InfoAsync("postcopy-paused", $", \"error-desc\": \"{reason}\"");
    }

    private async Task ResumedAsync(string uri)
    {
        JObject request = await _peer.AnswerAsync("migrate");
        Assert.That((string?)request["arguments"]!["uri"], Is.EqualTo(uri));
        Assert.That((bool?)request["arguments"]!["resume"], Is.True);
    }

    private async Task ExpectNothingMoreAsync()
    {
        ValueTask<JToken> last = _connection.ExecuteRawAsync("query-name");
        await _peer.AnswerAsync("query-name");
        await last.AsTask().Guarded();
    }

    private void Status(params string[] all)
    {
        foreach (string status in all) _peer.Raise("MIGRATION", new JObject { ["status"] = status });
    }

    private async Task StartAsync()
    {
        JObject start = await _peer.ExpectAsync("migrate");
        Status("setup");
        _peer.Return(start);
    }

    private Task InfoAsync(string status, string more = "") =>
        _peer.AnswerAsync("query-migrate", JObject.Parse($"{{\"status\": \"{status}\"{more}}}"));

    /// <summary>Waits until the driver waits for so long, and lets that time pass.</summary>
    private async Task TickAsync(TimeSpan interval)
    {
        await _time.WhenPending(t => t == interval);
        _time.Advance(interval);
    }
}
