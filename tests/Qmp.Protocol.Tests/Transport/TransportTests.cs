using System.Text;
using Qmp.Protocol.Tests.Support;
using Qmp.Protocol.Transport;

namespace Qmp.Protocol.Tests.Transport;

/// <summary>What every transport promises.</summary>
[TestFixture("socket")]
[TestFixture("tcp socket")]
[TestFixture("async socket")]
[TestFixture("async tcp socket")]
[TestFixture("pipe")]
[TestFixture("nonblocking pipe")]
[TestFixture("socket for a pipe")]
[TestFixture("nonblocking socket for a pipe")]
[TestFixture("inherited socket")]
[TestFixture("nonblocking inherited socket")]
[TestFixture("memory")]
internal sealed class TransportTests(string kind)
{
    private TransportPair _pair = null!;

    private IConnection Tested => _pair.Tested;

    private IConnection Peer => _pair.Peer;

    [SetUp]
    public async Task Connect() => _pair = await TransportPair.CreateAsync(kind);

    [TearDown]
    public void Disconnect() => _pair.Dispose();

    [Test]
    public async Task Bytes_arrive_in_order_and_then_the_end()
    {
        Peer.Send("abc"u8);
        Peer.Send("def"u8);
        await Peer.DrainAsync(default);
        Peer.Dispose();
        Assert.That(await ReadToEndAsync(Tested), Is.EqualTo("abcdef"));
    }

    [Test]
    public async Task A_wake_ends_a_receive_that_allows_it()
    {
        Task<int> receiving = Receive(Tested, wakeable: true);
        Tested.Wake();
        Assert.That(await receiving, Is.EqualTo(IConnection.Woken));
        Peer.Send("x"u8);
        Assert.That(await Receive(Tested, wakeable: true), Is.EqualTo(1));
    }

    [Test]
    public async Task A_wake_ends_a_wait_once()
    {
        Tested.Wake();
        Tested.Wake();
        Assert.That(await Wait(Tested), Is.True);
        Task<bool> again = Wait(Tested);
        Assert.That(again.IsCompleted, Is.False);
        Tested.Wake();
        Assert.That(await again, Is.True);
    }

    [Test]
    public async Task A_wait_ends_when_the_peer_leaves()
    {
        Task<bool> waiting = Wait(Tested);
        Peer.Dispose();
        // TCP tells a close and a half-close apart only when something is sent.
        if (kind.Contains("tcp", StringComparison.Ordinal)) Tested.Wake();
        Assert.That(await waiting, Is.EqualTo(kind.Contains("tcp", StringComparison.Ordinal)));
    }

    [Test]
    public async Task Unread_bytes_do_not_end_a_wait()
    {
        Peer.Send("x"u8);
        Task<bool> waiting = Wait(Tested);
        Assert.That(waiting.IsCompleted, Is.False);
        Tested.Wake();
        Assert.That(await waiting, Is.True);
        Assert.That(await Receive(Tested), Is.EqualTo(1));
    }

    [Test]
    public async Task Stopping_ends_a_receive_and_lets_output_leave()
    {
        Task<int> receiving = Receive(Tested);
        Tested.StopReceiving();
        Assert.That(await receiving, Is.Zero);
        Tested.Send("bye"u8);
        await Tested.DrainAsync(default);
        Assert.That(await Receive(Peer), Is.EqualTo(3));
    }

    [Test]
    public async Task Disposal_ends_a_receive()
    {
        Task<int> receiving = Receive(Tested);
        Tested.Dispose();
        Assert.That(await receiving, Is.Zero);
        Assert.That(await Receive(Tested), Is.Zero);
        Assert.That(await Wait(Tested), Is.False);
    }

    [Test]
    public async Task Sending_never_blocks_and_nothing_is_lost()
    {
        byte[] block = new byte[100_000];
        for (int i = 0; i < 100; i++)
        {
            Array.Fill(block, (byte)('0' + (i % 10)));
            Tested.Send(block);
        }

        Assert.That(Tested.Backlog, Is.GreaterThan(1_000_000));
        using var giveUp = new CancellationTokenSource();
        ValueTask draining = kind.StartsWith("async", StringComparison.Ordinal) || kind == "memory"
            ? Tested.DrainAsync(giveUp.Token)
            : new ValueTask(Task.Run(() => Tested.DrainAsync(giveUp.Token).AsTask()));
        Assert.That(draining.IsCompleted, Is.False);
        giveUp.Cancel();
        await draining.AsTask().WaitAsync(TestClient.Patience);

        byte[] buffer = new byte[1 << 16];
        long total = 0;
        while (total < 10_000_000)
        {
            int count = await Receive(Peer, buffer);
            Assert.That(count, Is.Positive);
            for (int i = 0; i < count; i++, total++)
            {
                if (buffer[i] != '0' + (total / 100_000 % 10)) Assert.Fail($"wrong byte at {total}");
            }
        }

        await Task.Run(() => Tested.DrainAsync(default).AsTask()).WaitAsync(TestClient.Patience);
        Assert.That(Tested.Backlog, Is.Zero);
    }

    [Test]
    public async Task What_is_sent_to_a_peer_that_left_is_dropped()
    {
        Peer.Dispose();
        byte[] block = new byte[1_000_000];
        for (int i = 0; i < 20; i++) Tested.Send(block);
        await Task.Run(() => Tested.DrainAsync(default).AsTask()).WaitAsync(TestClient.Patience);
        Assert.That(Tested.Backlog, Is.Zero);
    }

    [Test]
    public async Task A_slow_peer_that_leaves_frees_the_queue()
    {
        for (int i = 0; i < 20; i++) Tested.Send(new byte[1_000_000]);
        Assert.That(Tested.Backlog, Is.Positive);
        Peer.Dispose();
        await Task.Run(() => Tested.DrainAsync(default).AsTask()).WaitAsync(TestClient.Patience);
        Assert.That(Tested.Backlog, Is.Zero);
    }

    [Test]
    public async Task A_mode_that_changes_on_the_way_changes_nothing()
    {
        if (!_pair.IsShared) Assert.Ignore("nobody shares its descriptors");
        byte[] block = new byte[100_000];
        for (int i = 0; i < 10; i++)
        {
            Task<int> receiving = Receive(Tested, wakeable: i % 3 == 0);
            _pair.SetNonBlocking(i % 2 == 0);
            Peer.Send("x"u8);
            Assert.That(await receiving, Is.EqualTo(1));
            Tested.Send(block);
            _pair.SetNonBlocking(i % 2 == 1);
        }

        byte[] buffer = new byte[1 << 16];
        for (int total = 0; total < 1_000_000;) total += await Receive(Peer, buffer);
        await Task.Run(() => Tested.DrainAsync(default).AsTask()).WaitAsync(TestClient.Patience);
        Assert.That(Tested.Backlog, Is.Zero);
    }

    [Test]
    public void A_peer_that_left_is_seen_to_have_left()
    {
        Assert.That(Tested.IsHungUp, Is.False);
        Peer.Send("x"u8);
        Assert.That(Tested.IsHungUp, Is.False);
        Peer.Dispose();
        // TCP tells a close and a half-close apart only when something is sent.
        Assert.That(Tested.IsHungUp, Is.EqualTo(!kind.Contains("tcp", StringComparison.Ordinal)));
    }

    [Test]
    public void Without_descriptors_there_is_none_to_take() => Assert.That(Tested.TakeDescriptor(), Is.EqualTo(-1));

    private static Task<int> Receive(IConnection transport, bool wakeable = false) =>
        Receive(transport, new byte[100], wakeable);

    private static Task<int> Receive(IConnection transport, byte[] buffer, bool wakeable = false) =>
        Task.Run(() => transport.ReceiveAsync(buffer, wakeable).AsTask()).WaitAsync(TestClient.Patience);

    private static Task<bool> Wait(IConnection transport) =>
        Task.Run(() => transport.WaitForWakeAsync().AsTask()).WaitAsync(TestClient.Patience);

    private static async Task<string> ReadToEndAsync(IConnection transport)
    {
        var text = new StringBuilder();
        byte[] buffer = new byte[4];
        while (await Receive(transport, buffer) is var count and > 0)
        {
            text.Append(Encoding.ASCII.GetString(buffer, 0, count));
        }

        return text.ToString();
    }
}
