using Qmp.Linux;
using Qmp.Linux.Addresses;
using Qmp.Protocol.Tests.Support;
using Qmp.Protocol.Transport;

namespace Qmp.Protocol.Tests.Transport;

/// <summary>Servers that come to their client.</summary>
internal sealed class SocketConnectorTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(5);

    private readonly TemporaryFolder _folder = new();

    [OneTimeTearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public async Task Dialling_reaches_who_listens()
    {
        using SocketListener listener = SocketListener.Unix(_folder["dial"], isBlocking: false);
        using SocketConnection dialled = SocketConnection.Connect(new StreamAddress.Unix(_folder["dial"]));
        using IConnection? accepted = await listener.AcceptAsync();
        dialled.Send("x"u8);
        Assert.That(await accepted!.ReceiveAsync(new byte[10], wakeable: false), Is.EqualTo(1));
    }

    [Test]
    public void Dialling_says_why_nobody_answers() => Assert.That(
        () => SocketConnection.Connect(new StreamAddress.Unix(_folder["nobody"])),
        Throws.TypeOf<TransportException>().With.Message.EqualTo(
            $"Failed to connect to '{_folder["nobody"]}': No such file or directory"));

    [Test]
    public async Task A_connector_tries_until_somebody_listens_and_says_once_why_it_could_not()
    {
        var failed = new TaskCompletionSource();
        var failures = new List<string>();
        using var connector = new SocketConnector(new StreamAddress.Unix(_folder["late"]), Interval, reason =>
        {
            failures.Add(reason);
            failed.SetResult();
        });
        Task<IConnection?> connecting = Accept(connector);
        await failed.Task.WaitAsync(TestClient.Patience);
        using SocketListener listener = SocketListener.Unix(_folder["late"], isBlocking: false);
        using IConnection? connection = await connecting;
        using IConnection? accepted = await listener.AcceptAsync();
        Assert.That(accepted, Is.Not.Null);
        Assert.That(
            failures,
            Is.EqualTo(new[] { $"Failed to connect to '{_folder["late"]}': No such file or directory" }));
    }

    [Test]
    public async Task A_connector_comes_again_after_its_peer_has_left()
    {
        using SocketListener listener = SocketListener.Unix(_folder["again"], isBlocking: false);
        using var connector = new SocketConnector(new StreamAddress.Unix(_folder["again"]), Interval, _ => { });
        for (int i = 0; i < 3; i++)
        {
            using IConnection? connection = await Accept(connector);
            using (IConnection? accepted = await listener.AcceptAsync()) Assert.That(accepted, Is.Not.Null);
            byte[] buffer = new byte[10];
            Assert.That(
                await Task.Run(() => connection!.ReceiveAsync(buffer, wakeable: false).AsTask()), Is.Zero);
        }
    }

    [Test]
    public async Task A_monitor_on_a_connector_greets_each_time()
    {
        await using var server = new TestServer();
        using SocketListener listener = SocketListener.Unix(_folder["monitor"], isBlocking: false);
        server.AddMonitor(new SocketConnector(new StreamAddress.Unix(_folder["monitor"]), Interval, _ => { }));
        for (int i = 0; i < 2; i++)
        {
            using var client = new TestClient((await listener.AcceptAsync())!);
            await client.NegotiateAsync();
            Assert.That(await client.AskAsync("{\"execute\": \"query-status\"}"), Does.Contain("running"));
        }
    }

    [Test]
    public async Task Stopping_ends_the_wait_between_tries()
    {
        var failed = new TaskCompletionSource();
        using var connector = new SocketConnector(
            new StreamAddress.Unix(_folder["never"]), TimeSpan.FromDays(30), _ => failed.SetResult());
        Task<IConnection?> connecting = Accept(connector);
        await failed.Task.WaitAsync(TestClient.Patience);
        connector.Stop();
        Assert.That(await connecting, Is.Null);
        Assert.That(await Accept(connector), Is.Null);
    }

    [Test]
    public async Task Stopping_ends_a_try_that_waits_for_a_place_in_the_queue()
    {
        // Two connections fill the queue of a listener that accepts nobody; a third waits.
        using DescriptorHandle listener = StreamSockets.Listen(new StreamAddress.Unix(_folder["full"]), 0)[0];
        using DescriptorHandle first = StreamSockets.Connect(new StreamAddress.Unix(_folder["full"]));
        using var connector = new SocketConnector(new StreamAddress.Unix(_folder["full"]), Interval, _ => { });
        Task<IConnection?> connecting = Accept(connector);
        connector.Stop();
        Assert.That(await connecting, Is.Null);
    }

    [Test]
    public async Task One_end_of_a_pair_is_a_monitor_in_either_mode([Values] bool isInBlockingMode)
    {
        (DescriptorHandle mine, DescriptorHandle theirs) = Sockets.Pair();
        Files.SetNonBlocking(theirs, !isInBlockingMode);
        await using var server = new TestServer();
        server.AddMonitor(new SingleConnection(SocketConnection.FromDescriptor(theirs.Release()), isBlocking: true));
        using var client = new TestClient(new SocketConnection(mine, "client"));
        await client.NegotiateAsync();
        Assert.That(await client.AskAsync("{\"execute\": \"query-status\"}"), Does.Contain("running"));
    }

    [Test]
    public void A_descriptor_that_is_no_socket_is_refused_and_stays_open()
    {
        (DescriptorHandle reading, DescriptorHandle writing) = Files.MakePipe();
        using (reading)
        using (writing)
        {
            int number = (int)reading.DangerousGetHandle();
            Assert.That(
                () => SocketConnection.FromDescriptor(number),
                Throws.TypeOf<TransportException>().With.Message.EqualTo(
                    $"File descriptor '{number}' is not a socket"));
            Assert.That(Files.GetFlags(reading), Is.GreaterThanOrEqualTo(0));
        }
    }

    private static Task<IConnection?> Accept(SocketConnector connector) =>
        Task.Run(() => connector.AcceptAsync().AsTask()).WaitAsync(TestClient.Patience);
}
