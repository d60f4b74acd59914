using System.Threading.Channels;
using Newtonsoft.Json.Linq;
using Qmp.Api;
using Qmp.Client;
using Qmp.Client.Migration;
using Qmp.Shell.Language;
using Qmp.Shell.Session;
using Qmp.Shell.Watch;
using Qmp.Types;

namespace Qmp.Shell.Tests.Watch;

/// <summary>Migrations in postcopy that somebody watches, while another client is at work on the same server.</summary>
[TestFixture(ServerKind.Emulator)]
[TestFixture(ServerKind.Qemu, Category = "Slow")]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase), Parallelizable]
internal sealed class PostcopyWatchTests(ServerKind kind)
{
    private static readonly IReadOnlyList<MigrationCapabilityStatus> Allowed =
        [new() { Capability = MigrationCapability.PostcopyRam, State = true }];

    private readonly Frames _view = new();
    private readonly Keys _keys = new();
    private TemporaryFolder _folder = null!;
    private LiveServer _source = null!;
    private LiveServer _destination = null!;
    private QmpConnection _other = null!;
    private QmpConnection _there = null!;
    private ShellSession _session = null!;

    private string Uri => $"unix:{_folder.File("stream")}";

    private string Again => $"unix:{_folder.File("again")}";

    [SetUp]
    public async Task SetUp()
    {
        _folder = new TemporaryFolder();
        string other = _folder.File("other");
        byte[] noise = new byte[4 << 20];
        new Random(1).NextBytes(noise);
        await File.WriteAllBytesAsync(_folder.File("noise"), noise);
        _source = await LiveServer.StartAsync(
            kind,
            _folder.File("src"),
            more: ["-qmp", $"unix:{other},server=on,wait=off", "-device", $"loader,file={_folder.File("noise")},addr=0,force-raw=on"]);
        _destination = await LiveServer.StartAsync(kind, _folder.File("dst"), waitsForMigration: true);
        _session = await ShellSession.OpenAsync(new() { Endpoint = _source.Endpoint, Wait = TimeSpan.FromSeconds(30) }).Guarded();
        _other = await QmpConnection.ConnectUnixAsync(other).Guarded();
        _there = await _destination.ConnectAsync().Guarded();

        // It takes minutes, and in postcopy even longer, until it is to be quick.
        await _other.MigrateSetParametersAsync(new() { MaxBandwidth = 65536, MaxPostcopyBandwidth = 4096 });
    }

    [TearDown]
    public async Task TearDown()
    {
        if (_session is not null) await _session.DisposeAsync();
        if (_other is not null) await _other.DisposeAsync();
        if (_there is not null) await _there.DisposeAsync();
        if (_source is not null) await _source.DisposeAsync();
        if (_destination is not null) await _destination.DisposeAsync();
        _folder.Dispose();
    }

    [Test]
    public async Task A_guest_that_goes_ahead_is_watched_over_a_pause()
    {
        await AllowAsync();
        using EventSubscription resumed = _there.Subscribe(e => e.Name == "RESUME");
        Task<WatchOutcome> watching = WatchAsync($"migrate --watch uri={Uri}");
        await _view.UntilAsync(f => f.Progress.Status == MigrationStatus.Active);
        _keys.Press(WatchRequest.StartPostcopy);
        WatchFrame ahead = await _view.UntilAsync(f => f.Progress.Status == MigrationStatus.PostcopyActive);
        Assert.That((ahead.Note, ahead.Gate), Is.EqualTo(("the guest is to go ahead of its memory", "open: the guest has gone ahead")));
        Assert.That(ahead.PageRequests, Is.Not.Null);
        _keys.Press(WatchRequest.Cancel);
        await _view.UntilAsync(f => f.Note == "Postcopy cannot be cancelled, the migration goes on");
        _keys.Press(WatchRequest.StartPostcopy);
        await _view.UntilAsync(f => f.Note == "the guest has gone ahead already");

        await resumed.ReadAsync().Guarded();
        await _other.MigratePauseAsync();
        WatchFrame paused = await _view.UntilAsync(f => f.Progress.Status == MigrationStatus.PostcopyPaused);
        Assert.That(paused.Loss, Is.EqualTo("Postcopy migration is paused by the user"));
        Assert.That(paused.Next, Does.StartWith("'migrate-recover uri=URI' at the destination, then 'migrate uri=URI resume=true'"));
        await _there.PrepareRecoveryAsync(Again).Guarded();
        await _other.MigrateAsync(new() { Uri = Again, Resume = true });
        await _view.UntilAsync(f => f is { Progress.Status: MigrationStatus.PostcopyActive, Next: "" });
        await HurryAsync();
        WatchOutcome outcome = await watching.Guarded();
        Assert.That(outcome.IsSuccess, outcome.Summary);
        Assert.That(outcome.Summary, Does.Match(@"^The migration has completed .*, in postcopy, \d+ pages requested, paused once\.$"));
    }

    [Test]
    public async Task Postcopy_that_was_not_prepared_is_refused_with_a_reason()
    {
        Task<WatchOutcome> watching = WatchAsync($"migrate --watch uri={Uri}");
        await _view.UntilAsync(f => f.Progress.Status == MigrationStatus.Active);
        _keys.Press(WatchRequest.StartPostcopy);
        await _view.UntilAsync(f => f.Note == "no postcopy: the capability postcopy-ram is off; both ends need it before the migration starts");
        await HurryAsync();
        WatchOutcome outcome = await watching.Guarded();
        Assert.That(outcome.IsSuccess, outcome.Summary);
        Assert.That(outcome.Summary, Does.Match(@"passes\.$"));
    }

    [Test]
    public async Task A_migration_that_is_resumed_is_watched()
    {
        await GoAheadAsync();
        await _other.MigratePauseAsync();
        MigrationResult pause = await _other.FollowMigrationAsync(pollInterval: _view.Interval).Guarded();
        Assert.That(pause.Outcome, Is.EqualTo(MigrationOutcome.PostcopyPaused));
        await _there.PrepareRecoveryAsync(Again).Guarded();
        Task<WatchOutcome> watching = WatchAsync($"migrate --watch uri={Again} resume=true");
        await _view.UntilAsync(f => f.Progress.Status == MigrationStatus.PostcopyActive);
        await HurryAsync();
        WatchOutcome outcome = await watching.Guarded();
        Assert.That(outcome.IsSuccess, outcome.Summary);
        Assert.That((string?)outcome.Info["status"], Is.EqualTo("completed"));
    }

    [Test]
    public async Task An_interrupted_watch_leaves_a_guest_that_has_gone_ahead()
    {
        await AllowAsync();
        using var stop = new CancellationTokenSource();
        Task<WatchOutcome> watching = WatchAsync($"migrate --watch uri={Uri}", stop.Token);
        _keys.Press(WatchRequest.StartPostcopy);
        await _view.UntilAsync(f => f.Progress.Status == MigrationStatus.PostcopyActive);
        await stop.CancelAsync();
        WatchOutcome outcome = await watching.Guarded();
        Assert.That(
            (outcome.IsSuccess, outcome.Summary),
            Is.EqualTo((false, "Postcopy cannot be cancelled, the migration goes on; 'watch' follows it.")));
        Assert.That((await _other.QueryMigrateAsync()).Status, Is.EqualTo(MigrationStatus.PostcopyActive));
    }

    private async Task<WatchOutcome> WatchAsync(string line, CancellationToken cancellationToken = default)
    {
        if ((await _there.QueryMigrateAsync().Guarded()).Status is null or MigrationStatus.None) await _there.MigrateIncomingAsync(new() { Uri = Uri });
        ParsedCommand command = CommandParser.Parse(line);
        JObject arguments = _session.Check(command);
        return await new MigrationWatch(_session, _view, _keys).RunAsync(command, arguments, cancellationToken);
    }

    private async Task GoAheadAsync()
    {
        await AllowAsync();
        using EventSubscription resumed = _there.Subscribe(e => e.Name == "RESUME");
        await _there.MigrateIncomingAsync(new() { Uri = Uri });
        await _other.MigrateAsync(new() { Uri = Uri });
        await _other.MigrateStartPostcopyAsync();
        await resumed.ReadAsync().Guarded();
    }

    private async Task AllowAsync()
    {
        await _other.MigrateSetCapabilitiesAsync(new() { Capabilities = Allowed });
        await _there.MigrateSetCapabilitiesAsync(new() { Capabilities = Allowed });
    }

    private async Task HurryAsync() =>
        await _other.MigrateSetParametersAsync(new() { MaxBandwidth = 0, MaxPostcopyBandwidth = 0 });

    private sealed class Frames : MigrationView
    {
        private readonly Channel<WatchFrame> _frames = Channel.CreateUnbounded<WatchFrame>();

        public override TimeSpan Interval => TimeSpan.FromMilliseconds(20);

        public override Task ShowAsync(Func<Action<WatchFrame>, Task> run) => run(f => _frames.Writer.TryWrite(f));

        /// <summary>Waits until something is shown.</summary>
        public async Task<WatchFrame> UntilAsync(Func<WatchFrame, bool> condition)
        {
            while (true)
            {
                WatchFrame frame = await _frames.Reader.ReadAsync().Guarded();
                if (condition(frame)) return frame;
                Assert.That(frame.IsOver, Is.False, $"it has {frame.StatusName}");
            }
        }
    }

    private sealed class Keys : IWatchKeys
    {
        private readonly Channel<WatchRequest> _pressed = Channel.CreateUnbounded<WatchRequest>();

        public void Press(WatchRequest request) => _pressed.Writer.TryWrite(request);

        public Task<WatchRequest> NextAsync(CancellationToken cancellationToken) => _pressed.Reader.ReadAsync(cancellationToken).AsTask();

        public Task RunCommandAsync() => Task.CompletedTask;
    }
}
