using Qmp.Machine.Time;
using Qmp.Migration.Channels.Virtual;
using Qmp.Migration.Tests.Support;
using Qmp.Types;

namespace Qmp.Migration.Tests.Postcopy;

/// <summary>
/// The connection breaks after each byte of a small migration whose guest goes before its memory, either way: nothing hangs, and what has
/// gone ahead is recovered whole.
/// </summary>
/// <remarks>
/// For some bytes the source cannot know whether the destination has the guest, and each release decides in its way, as QEMU does:
/// 10.0 pauses, and the guest may be lost; 11.1 runs its guest again, and there may be two. Either runs it again when all has been
/// sent and it does not hear that it has arrived.
/// </remarks>
[TestFixture]
internal sealed class PostcopyCutTests
{
    private const int Memory = 6 * 4096;
    private static readonly (MigrationStatus? Source, MigrationStatus? Destination) Lost = (MigrationStatus.PostcopyPaused, MigrationStatus.Failed);
    private static readonly (MigrationStatus? Source, MigrationStatus? Destination) Doubled = (MigrationStatus.Failed, MigrationStatus.PostcopyPaused);
    private static readonly (MigrationStatus? Source, MigrationStatus? Destination) Recoverable = (MigrationStatus.PostcopyPaused, MigrationStatus.PostcopyPaused);
    private static readonly (MigrationStatus? Source, MigrationStatus? Destination) Unheard = (MigrationStatus.Failed, MigrationStatus.Completed);
    private static readonly MigrationAddress Address = TestMachine.Unix("/mig");

    /// <summary>How both ends can be left, in the order in which they are as more bytes come through.</summary>
    private static readonly (MigrationStatus? Source, MigrationStatus? Destination)[] Ends =
    [
        (MigrationStatus.Failed, MigrationStatus.Failed),
        Lost,
        Doubled,
        Recoverable,
        Unheard,
        (MigrationStatus.Completed, MigrationStatus.Completed),
    ];

    // Little is under way at a time, so that almost all that is sent before the cut arrives.
    private static readonly LinkSettings Link = new() { Bandwidth = 4 << 20, Latency = TimeSpan.FromMicroseconds(100), Buffer = 1024 };

    [Category("Slow")]
    [TestCase(Release.Ten, false)]
    [TestCase(Release.Ten, true)]
    [TestCase(Release.Eleven, false)]
    public void On_the_way_there(Release release, bool preempts)
    {
        IReadOnlyDictionary<int, int> seen = CutEverywhere(
            release, preempts, (network, count) => network.ForwardTap = count, cut => Link with { CutAfter = cut });
        Assert.That(seen, Does.ContainKey(Array.IndexOf(Ends, Recoverable)));
    }

    [TestCase(Release.Ten, false)]
    [TestCase(Release.Ten, true)]
    [TestCase(Release.Eleven, false)]
    public void On_the_way_back(Release release, bool preempts) =>
        CutEverywhere(release, preempts, (network, count) => network.BackwardTap = count, cut => Link with { CutBackAfter = cut });

    // How often each end was seen.
    private static IReadOnlyDictionary<int, int> CutEverywhere(
        Release release, bool preempts, Action<VirtualNetwork, Action<ReadOnlyMemory<byte>>> watch, Func<long, LinkSettings> cut)
    {
        long length = 0;
        using (var whole = new Try(release, preempts))
        {
            watch(whole.Network, bytes => length += bytes.Length);
            Assert.That(whole.Run(), Is.EqualTo(Ends[^1]));
        }

        Assert.That(length, Is.GreaterThan(30));
        var seen = new SortedDictionary<int, int>();
        int last = 0;
        for (long at = 0; at < length; at++)
        {
            using var pair = new Try(release, preempts);
            pair.Network.Link = cut(at);
            int end = Array.IndexOf(Ends, pair.Run());
            string place = $"cut at {at} of {length}: {pair}";
            Assert.That(end, Is.GreaterThanOrEqualTo(last), place);
            last = end;
            seen[end] = seen.GetValueOrDefault(end) + 1;
            pair.CheckGuests(place);
            if (Ends[end] == Recoverable) pair.CheckRecovery(place);
        }

        foreach ((int end, int count) in seen) TestContext.Out.WriteLine($"{count} bytes: {Ends[end].Source}, {Ends[end].Destination}");
        Assert.That(seen, Does.ContainKey(0));
        Assert.That(seen, Does.Not.ContainKey(Array.IndexOf(Ends, release == Release.Ten ? Doubled : Lost)));
        return seen;
    }

    private sealed class Try : IDisposable
    {
        private readonly VirtualTimeline _timeline = new();
        private readonly TestMachine _source;
        private readonly TestMachine _destination;

        public Try(Release release, bool preempts)
        {
            Network = new VirtualNetwork(_timeline) { Link = Link };
            MigrationCapability[] further = preempts ? [MigrationCapability.PostcopyPreempt] : [];
            _source = release.Machine(_timeline, Network, "src", Memory).With([.. PostcopyMachines.Capabilities, .. further]);
            _destination = release.Machine(_timeline, Network, "dst", Memory).With([.. PostcopyMachines.Capabilities, .. further]);
            byte[] half = new byte[Memory];
            new Random(5).NextBytes(half.AsSpan(Memory / 2));
            _source.Machine.Memory.Load(0, half);
        }

        public VirtualNetwork Network { get; }

        // Until nothing changes any more.
        public (MigrationStatus? Source, MigrationStatus? Destination) Run()
        {
            _timeline.Run(async () =>
            {
                _destination.Listening("/mig");
                _source.Running();
                _source.Core.Migrate(new MigrationRequest(Address));
                _source.Core.StartPostcopy();
                await EndAsync();
            });
            return (_source.Status, _destination.Status);
        }

        public void CheckGuests(string place)
        {
            Assert.That(_source.Machine.IsRunning, Is.EqualTo(_source.Status == MigrationStatus.Failed), place);
            Assert.That(
                _destination.Machine.IsRunning,
                Is.EqualTo(_destination.Status is MigrationStatus.PostcopyPaused or MigrationStatus.Completed),
                place);
            if (_destination.Status == MigrationStatus.Completed) CheckMemory(place);
        }

        public void CheckRecovery(string place)
        {
            Network.Link = Link;
            _timeline.Run(async () =>
            {
                _destination.Core.RecoverPostcopy(PostcopyMachines.Anew);
                _source.Core.Migrate(new MigrationRequest(PostcopyMachines.Anew, Resume: true));
                await EndAsync();
            });
            Assert.That((_source.Status, _destination.Status), Is.EqualTo(Ends[^1]), place);
            CheckMemory(place);
        }

        public void Dispose()
        {
            _source.Dispose();
            _destination.Dispose();
        }

        public override string ToString() => $"{_source.Status} ({_source.Core.Query().ErrorDesc}) and {_destination.Status} ({_destination.LoadError})";

        private void CheckMemory(string place) => Assert.That(_destination.Ram(Memory).AsSpan().SequenceEqual(_source.Ram(Memory)), place);

        private async ValueTask EndAsync()
        {
            await Wait.UntilAsync(_timeline, () => HasEnded(_source) && HasEnded(_destination), ToString);
            await Wait.ForAsync(_timeline, TimeSpan.FromSeconds(1));
        }

        private static bool HasEnded(TestMachine machine) =>
            machine.Status is MigrationStatus.Failed or MigrationStatus.PostcopyPaused or MigrationStatus.Completed;
    }
}
