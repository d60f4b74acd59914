using Microsoft.Win32.SafeHandles;
using Newtonsoft.Json.Linq;
using Qmp.Api;
using Qmp.Client.Migration;
using Qmp.Protocol.Messages;
using Qmp.Types;

namespace Qmp.Client.Tests;

/// <summary>The client against servers that are no test doubles; all of them are to look the same.</summary>
[TestFixture(ServerKind.Emulator)]
[TestFixture(ServerKind.Qemu, Category = "Slow")]
[TestFixture(ServerKind.OlderQemu, Category = "Slow")]
internal sealed class LiveServerTests(ServerKind kind)
{
    private TemporaryFolder _folder = null!;
    private LiveServer _server = null!;
    private QmpConnection _connection = null!;

    [SetUp]
    public async Task SetUp()
    {
        _folder = new TemporaryFolder();
        _server = await LiveServer.StartAsync(kind, _folder.File("src"));
        _connection = await _server.ConnectAsync().Guarded();
    }

    [TearDown]
    public async Task TearDown()
    {
        if (_connection is not null) await _connection.DisposeAsync();
        if (_server is not null) await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Test]
    public void It_greets()
    {
        QmpVersion version = _connection.Greeting.Version!;
        Assert.That((version.Major, version.Minor), Is.EqualTo(kind == ServerKind.OlderQemu ? (7, 2) : (10, 0)));
        Assert.That(_connection.IsOutOfBandEnabled, Is.EqualTo(_connection.Greeting.Capabilities.Contains("oob")));
    }

    [Test]
    public async Task Typed_commands_and_their_events()
    {
        var client = new MiscClient(_connection);
        using EventSubscription events = _connection.Subscribe();
        await client.StopAsync(new()).AsTask().Guarded();
        await client.ContAsync(new()).AsTask().Guarded();
        StatusInfo status = await new RunStateClient(_connection).QueryStatusAsync(new()).Guarded();
        Assert.That((status.Status, status.Running), Is.EqualTo((RunState.Running, true)));
        var names = new List<string>();
        while (events.TryRead(out QmpEvent? value)) names.Add(value.Name);
        Assert.That(names, Is.EqualTo(["STOP", "RESUME"]));
    }

    [Test]
    public async Task Executing_and_waiting()
    {
        QmpEvent stop = await _connection.ExecuteAndWaitAsync(
            "stop", null, e => e.Name == "STOP", TimeSpan.FromSeconds(30)).Guarded();
        Assert.That(stop.Data, Is.Null);
        Assert.That(stop.Timestamp, Is.Not.Null);
    }

    [Test]
    public async Task Refusals()
    {
        QmpCommandException refusal =
            await _connection.ExecuteRawAsync("no-such-command").FailsWith<QmpCommandException>();
        Assert.That(refusal.Error, Is.EqualTo(QmpError.NotFound("The command no-such-command has not been found")));
    }

    [Test]
    public async Task Replies_of_any_size()
    {
        var schema = (JArray)await _connection.ExecuteRawAsync("query-qmp-schema").Guarded();
        IReadOnlyList<SchemaInfo> typed = await new IntrospectClient(_connection).QueryQmpSchemaAsync(new()).Guarded();
        Assert.That(schema, Has.Count.GreaterThan(50));
        Assert.That(typed, Has.Count.EqualTo(schema.Count));
    }

    [Test]
    public async Task Many_commands_at_once()
    {
        var calls = new Task<JToken>[1000];
        for (int i = 0; i < calls.Length; i++)
        {
            calls[i] = _connection.ExecuteRawAsync(i % 2 == 0 ? "query-name" : "nope").AsTask();
        }

        for (int i = 0; i < calls.Length; i++)
        {
            if (i % 2 == 0) await calls[i].Guarded();
            else await calls[i].FailsWith<QmpCommandException>();
        }

        Assert.That(_connection.Statistics.UnmatchedReplies, Is.Zero);
    }

    [Test]
    public async Task Abandoned_calls()
    {
        for (int i = 0; i < 50; i++)
        {
            using var stop = new CancellationTokenSource();
            Task<JToken> call = _connection.ExecuteRawAsync("query-status", cancellationToken: stop.Token).AsTask();
            await stop.CancelAsync();
            await ((Task)call).Guarded().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        Assert.That((string?)(await _connection.ExecuteRawAsync("query-status").Guarded())["status"], Is.Not.Null);
        Assert.That(_connection.Statistics.UnmatchedReplies, Is.Zero);
    }

    [Test]
    public async Task Out_of_band_commands()
    {
        await RequireAsync("query-yank");
        var instances = (JArray)await _connection.ExecuteRawAsync(
            "query-yank", options: new() { OutOfBand = true }).Guarded();
        Assert.That(instances, Is.Not.Empty);
        QmpCommandException refusal = await _connection.ExecuteRawAsync(
            "query-status", options: new() { OutOfBand = true }).FailsWith<QmpCommandException>();
        Assert.That(refusal.Error.Description, Is.EqualTo("The command query-status does not support OOB"));
    }

    [Test]
    public async Task Descriptors()
    {
        await RequireAsync("getfd");
        await File.WriteAllTextAsync(_folder.File("a"), "contents");
        using SafeFileHandle file = File.OpenHandle(_folder.File("a"));
        Task<JToken>[] calls =
        [
            .. Enumerable.Range(0, 20).Select(i => _connection.ExecuteRawAsync(
                "getfd", new JObject { ["fdname"] = $"fd{i}" }, new() { Descriptor = file }).AsTask()),
        ];
        await Task.WhenAll(calls).Guarded();
        for (int i = 0; i < 20; i++)
        {
            await _connection.ExecuteRawAsync("closefd", new JObject { ["fdname"] = $"fd{i}" }).Guarded();
        }

        QmpCommandException none = await _connection.ExecuteRawAsync("getfd", new JObject { ["fdname"] = "x" })
            .FailsWith<QmpCommandException>();
        Assert.That(none.Error.Description, Does.Contain("No file descriptor supplied"));
    }

    [Test]
    public async Task One_client_after_the_other()
    {
        await _connection.DisposeAsync();
        await using QmpConnection next = await _server.ConnectAsync().Guarded();
        Assert.That((string?)(await next.ExecuteRawAsync("query-status").Guarded())["status"], Is.EqualTo("running"));
        Assert.That(next.Greeting.Version, Is.EqualTo(_connection.Greeting.Version));
    }

    [Test]
    public async Task Quitting()
    {
        using EventSubscription events = _connection.Subscribe();
        QmpDisconnect end = await _connection.ExecuteUntilDisconnectAsync("quit").Guarded();
        Assert.That(end.Reason, Is.EqualTo(DisconnectReason.ClosedByPeer));
        QmpEvent shutdown = await events.ReadAsync().Guarded();
        ShutdownEvent data = shutdown.Read(RunStateEventDescriptors.Shutdown);
        Assert.That((data.Guest, data.Reason), Is.EqualTo((false, ShutdownCause.HostQmpQuit)));
    }

    [Test]
    public async Task A_migration([Values] bool events, [Values] bool takesPart)
    {
        await using LiveServer destination = await LiveServer.StartAsync(kind, _folder.File("dst"), true);
        await using QmpConnection there = await destination.ConnectAsync().Guarded();
        string uri = $"unix:{_folder.File("stream")}";
        await new MigrationClient(there).MigrateIncomingAsync(new() { Uri = uri }).AsTask().Guarded();
        Task<QmpEvent> resumed = there.WhenEventAsync(e => e.Name == "RESUME", TimeSpan.FromSeconds(60));
        RunState? atSwitchover = null;
        MigrationResult result = await _connection.RunMigrationAsync(new()
        {
            Uri = uri,
            Capabilities = new Dictionary<MigrationCapability, bool> { [MigrationCapability.Events] = events },
            PollInterval = TimeSpan.FromMilliseconds(10),
            BeforeSwitchover = takesPart
                ? async (_, stop) => atSwitchover =
                    (await new RunStateClient(_connection).QueryStatusAsync(new(), stop)).Status
                : null,
        }).Guarded();
        Assert.That((result.Outcome, result.Reason), Is.EqualTo((MigrationOutcome.Completed, (string?)null)));
        Assert.That(result.Info!.Ram!.Total, Is.GreaterThanOrEqualTo(64 << 20));
        Assert.That(atSwitchover, Is.EqualTo(takesPart ? RunState.FinishMigrate : null));
        await resumed.Guarded();
        StatusInfo status = await new RunStateClient(there).QueryStatusAsync(new()).Guarded();
        Assert.That(status.Running);
    }

    [Test]
    public async Task A_migration_that_cannot_connect([Values] bool events)
    {
        string nowhere = _folder.File("nobody");
        MigrationResult result = await _connection.RunMigrationAsync(new()
        {
            Uri = $"unix:{nowhere}",
            Capabilities = new Dictionary<MigrationCapability, bool> { [MigrationCapability.Events] = events },
            PollInterval = TimeSpan.FromMilliseconds(10),
        }).Guarded();
        Assert.That(result.Outcome, Is.EqualTo(MigrationOutcome.Failed));
        Assert.That(result.Reason, Is.EqualTo($"Failed to connect to '{nowhere}': No such file or directory"));
    }

    [Test]
    public async Task A_migration_that_is_cancelled_at_the_switchover()
    {
        await using LiveServer destination = await LiveServer.StartAsync(kind, _folder.File("dst"), true);
        await using QmpConnection there = await destination.ConnectAsync().Guarded();
        string uri = $"unix:{_folder.File("stream")}";
        // QEMU 7.2 does not know the argument.
        bool? exitOnError = kind == ServerKind.OlderQemu ? null : false;
        await new MigrationClient(there).MigrateIncomingAsync(new() { Uri = uri, ExitOnError = exitOnError })
            .AsTask().Guarded();
        using var stop = new CancellationTokenSource();
        Task<MigrationResult> running = _connection.RunMigrationAsync(
            new()
            {
                Uri = uri,
                PollInterval = TimeSpan.FromMilliseconds(10),
                BeforeSwitchover = async (_, cancelled) =>
                {
                    await stop.CancelAsync();
                    cancelled.ThrowIfCancellationRequested();
                },
            },
            stop.Token);
        await running.FailsWith<OperationCanceledException>();
        MigrationInfo info = await new MigrationClient(_connection).QueryMigrateAsync(new()).Guarded();
        Assert.That(info.Status, Is.EqualTo(MigrationStatus.Cancelled));
        StatusInfo status = await new RunStateClient(_connection).QueryStatusAsync(new()).Guarded();
        Assert.That(status.Running, "the guest goes on where it was");
    }

    [Test]
    public async Task A_server_that_dies()
    {
        ValueTask<JToken> first = _connection.ExecuteRawAsync("query-status");
        await first.Guarded();
        await _server.DisposeAsync();
        Assert.That((await _connection.Completion.Guarded()).ByPeer);
        QmpDisconnectedException failure =
            await _connection.ExecuteRawAsync("query-status").FailsWith<QmpDisconnectedException>();
        Assert.That(failure.WasSent, Is.False);
        _server = null!;
    }

    private async Task RequireAsync(string command)
    {
        JToken commands = await _connection.ExecuteRawAsync("query-commands").Guarded();
        if (!commands.Any(c => (string?)c["name"] == command)) Assert.Ignore($"this server has no {command}");
    }
}
