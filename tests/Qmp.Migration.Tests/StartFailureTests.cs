using Qmp.Machine.Time;
using Qmp.Migration.Channels;
using Qmp.Migration.Channels.Virtual;
using Qmp.Migration.Tests.Support;
using Qmp.Types;

namespace Qmp.Migration.Tests;

/// <summary>Whatever keeps a migration from starting, it fails with a reason, and the next one is welcome.</summary>
[TestFixture]
internal sealed class StartFailureTests
{
    private const string Path = "/mig";

    private VirtualTimeline _time = null!;
    private StingyTimeline _timeline = null!;
    private FailingConnector _connector = null!;
    private TestMachine _source = null!;
    private TestMachine _destination = null!;

    [SetUp]
    public void SetUp()
    {
        _time = new VirtualTimeline();
        _timeline = new StingyTimeline(_time);
        _connector = new FailingConnector(new VirtualNetwork(_time));
        _source = new TestMachine(_timeline, _connector, "src", 1 << 20).With(MigrationCapability.Events);
        _destination = new TestMachine(_timeline, _connector, "dst", 1 << 20);
    }

    [TearDown]
    public void TearDown()
    {
        _source.Dispose();
        _destination.Dispose();
    }

    private static IEnumerable<Exception> Failures() =>
    [
        new IOException("Too many open files"),
        new OutOfMemoryException("There is no memory."),
        new FileNotFoundException("Could not load file or assembly"),
        new InvalidOperationException("a mistake"),
    ];

    [TestCaseSource(nameof(Failures))]
    public void What_is_thrown_while_opening_is_the_reason(Exception failure)
    {
        _connector.OnOpen = failure;
        _time.Run(async () =>
        {
            _source.Running();
            Assert.That(
                () => _source.Core.Migrate(new MigrationRequest(TestMachine.Unix(Path))),
                Throws.TypeOf<ChannelException>().With.Message.Contains(failure.Message));
            await ExpectFailureAsync(failure.Message);
            await ExpectSuccessAsync();
        });
    }

    [TestCaseSource(nameof(Failures))]
    public void What_is_thrown_while_connecting_is_the_reason(Exception failure)
    {
        _connector.OnConnect = failure;
        _time.Run(async () =>
        {
            _source.Running();
            _source.Core.Migrate(new MigrationRequest(TestMachine.Unix(Path)));
            await ExpectFailureAsync(failure.Message);
            await ExpectSuccessAsync();
        });
    }

    [Test]
    public void Without_a_thread_it_fails()
    {
        _timeline.IsEmpty = true;
        _time.Run(async () =>
        {
            _source.Running();
            _source.Core.Migrate(new MigrationRequest(TestMachine.Unix(Path)));
            await ExpectFailureAsync("'/mig': Connection refused");
            _timeline.IsEmpty = false;
            await ExpectSuccessAsync();
        });
    }

    [Test]
    public void Without_a_thread_for_the_return_path_it_fails()
    {
        MigrationCapability[] capabilities = [MigrationCapability.ReturnPath];
        _source.With(capabilities);
        _destination.With(capabilities);
        _time.Run(async () =>
        {
            _source.Running();
            _destination.Listening(Path);
            _timeline.Allowed = 1;
            _source.Core.Migrate(new MigrationRequest(TestMachine.Unix(Path)));
            await ExpectFailureAsync("no threads");
        });
    }

    [Test]
    public void Without_a_thread_a_destination_waits_for_another_try()
    {
        _time.Run(async () =>
        {
            _timeline.IsEmpty = true;
            Assert.That(() => _destination.Listening(Path), Throws.TypeOf<ChannelException>().With.Message.Contains("no threads"));
            Assert.That(_destination.Status, Is.EqualTo(MigrationStatus.Failed));
            _timeline.IsEmpty = false;
            await ExpectSuccessAsync();
        });
    }

    private async ValueTask ExpectFailureAsync(string reason)
    {
        Assert.That(await Wait.EndAsync(_source, _timeline), Is.EqualTo(MigrationStatus.Failed));
        Assert.That(_source.Core.Query().ErrorDesc, Does.Contain(reason));
        Assert.That(_source.EventNames, Does.Contain("MIGRATION failed"));
        Assert.That(_source.Machine.IsRunning);
    }

    private async ValueTask ExpectSuccessAsync()
    {
        (_connector.OnOpen, _connector.OnConnect) = (null, null);
        _destination.Listening(Path);
        _source.Running();
        _source.Core.Migrate(new MigrationRequest(TestMachine.Unix(Path)));
        Assert.That(await Wait.EndAsync(_source, _timeline), Is.EqualTo(MigrationStatus.Completed));
        Assert.That(await Wait.EndAsync(_destination, _timeline), Is.EqualTo(MigrationStatus.Completed));
    }

    /// <summary>A timeline that can run out of threads.</summary>
    private sealed class StingyTimeline(Timeline inner) : Timeline
    {
        public bool IsEmpty
        {
            set => Allowed = value ? 0 : int.MaxValue;
        }

        /// <summary>How many activities may still be started.</summary>
        public int Allowed { get; set; } = int.MaxValue;

        public override TimeProvider Clock => inner.Clock;

        public override Activity Start(string name, Func<ValueTask> body)
        {
            if (Allowed == 0) throw new OutOfMemoryException("no threads");
            Allowed--;
            return inner.Start(name, body);
        }

        public override Waker CreateWaker() => inner.CreateWaker();
    }

    /// <summary>A transport that throws what it is told to.</summary>
    private sealed class FailingConnector(IMigrationConnector inner) : IMigrationConnector
    {
        public Exception? OnOpen { get; set; }

        public Exception? OnConnect { get; set; }

        public ChannelTraits TraitsOf(MigrationAddress address) => inner.TraitsOf(address);

        public IMigrationChannel? Open(MigrationAddress address, Action meetFile) =>
            OnOpen is null ? inner.Open(address, meetFile) : throw OnOpen;

        public ValueTask<IMigrationChannel> ConnectAsync(MigrationAddress address, CancellationToken cancellation) =>
            OnConnect is null ? inner.ConnectAsync(address, cancellation) : throw OnConnect;

        public IPageFile OpenPages(MigrationAddress address, bool writes, bool direct) => inner.OpenPages(address, writes, direct);

        public IMigrationListener Listen(MigrationAddress address, Action meetFile) => inner.Listen(address, meetFile);
    }
}
