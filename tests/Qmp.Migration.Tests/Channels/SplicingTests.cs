using System.Net;
using System.Net.Sockets;
using Qmp.Linux;
using Qmp.Machine.Memory;
using Qmp.Migration.Channels;
using Qmp.Migration.Channels.Posix;

namespace Qmp.Migration.Tests.Channels;

/// <summary>Pages that the peer copies from where they are.</summary>
[TestFixture]
internal sealed class SplicingTests
{
    private const int Pages = 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly byte[] _content = new byte[Pages * RamBlock.PageSize];
    private RamBlock _block = null!;
    private SocketChannel _sender = null!;
    private SocketChannel _receiver = null!;

    [SetUp]
    public void SetUp()
    {
        new Random(1).NextBytes(_content);
        _block = RamBlock.Anonymous("ram", (ulong)_content.Length);
        for (int at = 0; at < _content.Length; at += RamBlock.MaxSpan) _block.Load((ulong)at, _content.AsSpan(at, RamBlock.MaxSpan));
        (DescriptorHandle first, DescriptorHandle second) = Sockets.Pair();
        _sender = new SocketChannel(first);
        _receiver = new SocketChannel(second);
        Assert.That(_sender.TryEnableInPlace(InPlaceMethod.Splice));
    }

    [TearDown]
    public void TearDown()
    {
        _sender.Dispose();
        _receiver.Dispose();
        _block.Dispose();
    }

    [Test]
    public async Task Runs_of_pages_arrive_in_order_between_bytes_that_are_copied()
    {
        (int First, int Count)[] runs = [(0, 128), (200, 1), (202, 1), (204, 60), (3, 7), (500, 524)];
        byte[] header = [1, 2, 3, 4, 5];
        Task sending = Task.Run(async () =>
        {
            foreach ((int first, int count) in runs)
            {
                unsafe
                {
                    fixed (byte* bytes = header) _sender.WriteAsync(new[] { new IoVector((nint)bytes, header.Length) }).AsTask().Wait();
                }

                await _sender.WriteInPlaceAsync(Pieces(first, count));
            }

            Assert.That(await _sender.SettleAsync(), Is.False);
        });
        byte[] received = new byte[runs.Sum(r => header.Length + (r.Count * RamBlock.PageSize))];
        Assert.That(await _receiver.ReadAllAsync(received));
        await sending.WaitAsync(Patience);
        IEnumerable<byte> expected = runs.SelectMany(r => header.Concat(_content.Skip(r.First * RamBlock.PageSize).Take(r.Count * RamBlock.PageSize)));
        Assert.That(received, Is.EqualTo(expected.ToArray()));
    }

    [Test]
    public async Task Nothing_copies_a_page_before_the_peer_does()
    {
        await _sender.WriteInPlaceAsync(Pieces(0, 4));
        byte[] later = new byte[RamBlock.PageSize];
        Array.Fill(later, (byte)0x77);
        _block.Load(2 * RamBlock.PageSize, later);
        byte[] received = new byte[4 * RamBlock.PageSize];
        Assert.That(await _receiver.ReadAllAsync(received));
        Assert.That(received.AsSpan(2 * RamBlock.PageSize, RamBlock.PageSize).SequenceEqual(later));
        Assert.That(received.AsSpan(0, 2 * RamBlock.PageSize).SequenceEqual(_content.AsSpan(0, 2 * RamBlock.PageSize)));
    }

    [Test]
    public async Task It_is_settled_when_the_peer_has_read_everything()
    {
        await _sender.WriteInPlaceAsync(Pieces(0, 4));
        Task<bool> settling = Task.Run(() => _sender.SettleAsync().AsTask());
        await Task.Delay(20);
        Assert.That(settling.IsCompleted, Is.False);
        Assert.That(await _receiver.ReadAllAsync(new byte[4 * RamBlock.PageSize]));
        await settling.WaitAsync(Patience);
    }

    [Test]
    public async Task A_shutdown_ends_a_write_and_a_wait([Values] bool isWrite)
    {
        if (!isWrite) await _sender.WriteInPlaceAsync(Pieces(0, 4));
        Task task = Task.Run(() => isWrite ? _sender.WriteInPlaceAsync(Pieces(0, Pages)).AsTask() : _sender.SettleAsync().AsTask());
        await Task.Delay(20);
        _sender.Shutdown();
        Assert.That(
            async () => await task.WaitAsync(Patience),
            Throws.TypeOf<ChannelException>().With.Message.EqualTo("Unable to write to socket: Broken pipe"));
    }

    [Test]
    public void A_peer_that_has_gone_is_an_error()
    {
        _receiver.Dispose();
        Assert.That(
            async () => await _sender.WriteInPlaceAsync(Pieces(0, 4)),
            Throws.TypeOf<ChannelException>().With.Message.EqualTo("Unable to write to socket: Broken pipe"));
    }

    [Test]
    public void A_peer_on_another_machine_copies_nothing()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var client = new TcpClient();
        client.Connect((IPEndPoint)listener.LocalEndpoint);
        using var channel = new SocketChannel(client.Client.SafeHandle);
        Assert.That(channel.TryEnableInPlace(InPlaceMethod.Splice), Is.False);
    }

    private IoVector[] Pieces(int first, int count) =>
        [new IoVector(_block.Address + (first * RamBlock.PageSize), count * RamBlock.PageSize)];
}
