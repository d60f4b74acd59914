using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Qmp.Linux;
using Qmp.Linux.Addresses;
using Qmp.Protocol.Tests.Support;
using Qmp.Protocol.Transport;

namespace Qmp.Protocol.Tests.Transport;

internal sealed class SocketListenerTests
{
    private readonly TemporaryFolder _folder = new();

    [OneTimeTearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public void What_is_at_the_path_is_removed_first_and_the_socket_goes_with_the_listener()
    {
        string path = _folder["stale"];
        File.WriteAllText(path, "");
        using (SocketListener.Unix(path)) Assert.That(() => File.ReadAllBytes(path), Throws.InstanceOf<IOException>());
        Assert.That(File.Exists(path), Is.False);
    }

    [Test]
    public void A_folder_is_not_removed() => Assert.That(
        () => SocketListener.Unix(Path.GetDirectoryName(_folder["x"])!),
        Throws.TypeOf<TransportException>().With.Message.EqualTo(
            $"Failed to unlink socket {Path.GetDirectoryName(_folder["x"])}: Is a directory"));

    [Test]
    public void A_missing_folder_is_reported() => Assert.That(
        () => SocketListener.Unix(_folder["no/s"]),
        Throws.TypeOf<TransportException>().With.Message.EqualTo(
            $"Failed to bind socket to {_folder["no/s"]}: No such file or directory"));

    [Test]
    public async Task A_path_may_fill_its_place_and_no_more([Values] bool isBlocking)
    {
        string path = _folder[""] + new string('x', 108 - _folder[""].Length);
        using SocketListener listener = SocketListener.Unix(path, isBlocking);
        Assert.That(listener.Addresses, Is.EqualTo(new[] { new StreamAddress.Unix(path) }));
        await AssertAcceptsAsync(listener, new StreamAddress.Unix(path));
        Assert.That(
            () => SocketListener.Unix(path + "x"),
            Throws.TypeOf<TransportException>()
                .With.Message.EqualTo($"UNIX socket path '{path}x' is too long")
                .And.Property("Hint").EqualTo("Path must be less than 108 bytes"));
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task A_name_needs_no_file(bool isTight)
    {
        var address = new StreamAddress.Unix($"qmp-{Guid.NewGuid()}") { IsAbstract = true, IsTight = isTight };
        using SocketListener listener = SocketListener.Listen(address);
        Assert.That(listener.Addresses, Is.EqualTo(new[] { address }));
        await AssertAcceptsAsync(listener, address);
        Assert.That(
            () => StreamSockets.Connect(address with { IsTight = !isTight }),
            Throws.TypeOf<AddressException>().With.Message.EndsWith("Connection refused"));
    }

    [Test]
    public void A_name_is_one_byte_shorter_than_a_path() => Assert.That(
        () => SocketListener.Listen(new StreamAddress.Unix(new string('n', 108)) { IsAbstract = true }),
        Throws.TypeOf<TransportException>().With.Property("Hint").EqualTo("Path must be less than 107 bytes"));

    [Test]
    public async Task Without_a_path_there_is_a_file_of_a_new_name()
    {
        string path;
        using (SocketListener listener = SocketListener.Unix(""))
        {
            path = ((StreamAddress.Unix)listener.Addresses[0]).Path;
            Assert.That(path, Does.Match("/qemu-socket-[^/]{6}$"));
            await AssertAcceptsAsync(listener, new StreamAddress.Unix(path));
        }

        Assert.That(File.Exists(path), Is.False);
    }

    [Test]
    public async Task Without_a_host_both_families_are_listened_on([Values] bool isBlocking)
    {
        using SocketListener listener = SocketListener.Listen(AnyHost(), isBlocking);
        Assert.That(
            listener.Addresses.Cast<StreamAddress.Inet>().Select(a => a.Host), Is.EqualTo(new[] { "0.0.0.0", "::" }));
        foreach (StreamAddress.Inet address in listener.Addresses.Cast<StreamAddress.Inet>())
        {
            string local = address.Host == "::" ? "::1" : "127.0.0.1";
            await AssertAcceptsAsync(listener, new StreamAddress.Inet(local, address.Port));
        }
    }

    [TestCase(true, null, "0.0.0.0")]
    [TestCase(null, false, "0.0.0.0")]
    [TestCase(null, true, "::")]
    [TestCase(false, null, "::")]
    [TestCase(true, true, "::")]
    public void Flags_choose_the_family(bool? ipv4, bool? ipv6, string host)
    {
        using SocketListener listener = SocketListener.Listen(AnyHost() with { Ipv4 = ipv4, Ipv6 = ipv6 });
        Assert.That(listener.Addresses.Cast<StreamAddress.Inet>().Select(a => a.Host), Is.EqualTo(new[] { host }));
    }

    [Test]
    public async Task One_socket_serves_both_families_where_both_are_asked_for()
    {
        using SocketListener listener = SocketListener.Listen(AnyHost() with { Ipv4 = true, Ipv6 = true });
        string port = ((StreamAddress.Inet)listener.Addresses[0]).Port;
        await AssertAcceptsAsync(listener, new StreamAddress.Inet("127.0.0.1", port));
        await AssertAcceptsAsync(listener, new StreamAddress.Inet("::1", port));
    }

    [Test]
    public void No_family_is_refused() => Assert.That(
        () => SocketListener.Listen(AnyHost() with { Ipv4 = false, Ipv6 = false }),
        Throws.TypeOf<TransportException>().With.Message.EqualTo("Cannot disable IPv4 and IPv6 at same time"));

    [Test]
    public void The_first_free_port_of_a_range_is_taken()
    {
        using SocketListener first = SocketListener.Tcp("127.0.0.1", 0);
        var taken = (StreamAddress.Inet)first.Addresses[0];
        Assert.That(
            () => SocketListener.Listen(taken),
            Throws.TypeOf<TransportException>().With.Message.EqualTo(
                "Failed to find an available port: Address already in use"));
        ushort port = ushort.Parse(taken.Port, CultureInfo.InvariantCulture);
        using SocketListener second = SocketListener.Listen(taken with { To = (ushort)Math.Min(65535, port + 50) });
        Assert.That(int.Parse(((StreamAddress.Inet)second.Addresses[0]).Port, CultureInfo.InvariantCulture), Is.GreaterThan(port));
    }

    [TestCase("no.such.host.invalid", "1")]
    [TestCase("127.0.0.1", "no-such-service")]
    public void An_address_that_is_none_is_reported(string host, string port) => Assert.That(
        () => SocketListener.Listen(new StreamAddress.Inet(host, port)),
        Throws.TypeOf<TransportException>().With.Message.StartsWith($"address resolution failed for {host}:{port}: "));

    [Test]
    public void A_descriptor_must_be_a_socket_that_listens()
    {
        using FileStream file = File.Create(_folder["file"]);
        Assert.That(
            () => SocketListener.FromDescriptor((int)file.SafeFileHandle.DangerousGetHandle()),
            Throws.TypeOf<TransportException>().With.Message.EndsWith("is not a socket"));
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        Assert.That(
            () => SocketListener.FromDescriptor((int)socket.SafeHandle.DangerousGetHandle()),
            Throws.TypeOf<TransportException>().With.Message.EndsWith("does not listen"));
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task Stopping_ends_an_accept(bool isBlocking)
    {
        using SocketListener listener = SocketListener.Unix(_folder[$"stop{isBlocking}"], isBlocking);
        Task<IConnection?> accepting = Accept(listener);
        listener.Stop();
        Assert.That(await accepting, Is.Null);
        Assert.That(await listener.AcceptAsync(), Is.Null);
    }

    [Test]
    public async Task An_inherited_listener_greets_one_client_after_the_other(
        [Values] bool isBlocking, [Values] bool isInBlockingMode)
    {
        string path = _folder[$"inherited{isBlocking}{isInBlockingMode}"];
        DescriptorHandle inherited = StreamSockets.Listen(new StreamAddress.Unix(path), 1)[0];
        using SafeFileHandle shared = Share(inherited);
        Files.SetNonBlocking(shared, !isInBlockingMode);
        using AsyncSocketConnection early = await AsyncSocketConnection.ConnectUnixAsync(path, default);
        early.Send("early"u8);
        using SocketListener listener = SocketListener.FromDescriptor(inherited.Release(), isBlocking);
        Assert.That(listener.Addresses, Is.EqualTo(new[] { new StreamAddress.Unix(path) }));
        using (IConnection? accepted = await Accept(listener))
        {
            Assert.That(await accepted!.ReceiveAsync(new byte[10], wakeable: false), Is.EqualTo(5));
        }

        // Whoever passed it may change the mode at any time.
        Task<IConnection?> accepting = Accept(listener);
        Files.SetNonBlocking(shared, isInBlockingMode);
        using AsyncSocketConnection late = await AsyncSocketConnection.ConnectUnixAsync(path, default);
        using (IConnection? accepted = await accepting) Assert.That(accepted, Is.Not.Null);
        accepting = Accept(listener);
        listener.Stop();
        Assert.That(await accepting, Is.Null);
        Assert.That(File.Exists(path), Is.True, "the file is whoever's made it");
    }

    [Test]
    public void Nobody_listening_is_reported() => Assert.That(
        () => AsyncSocketConnection.ConnectUnixAsync(_folder["nobody"], default),
        Throws.TypeOf<TransportException>().With.Message.Contains("No such file or directory"));

    private static StreamAddress.Inet AnyHost()
    {
        // A port that is free in both families now; the listeners under test allow the neighbours, too.
        using var probe = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp) { DualMode = true };
        probe.Bind(new IPEndPoint(IPAddress.IPv6Any, 0));
        return new StreamAddress.Inet("", $"{((IPEndPoint)probe.LocalEndPoint!).Port}");
    }

    private static SafeFileHandle Share(DescriptorHandle handle) => new(Files.Duplicate(handle), ownsHandle: true);

    private static Task<IConnection?> Accept(SocketListener listener) =>
        Task.Run(() => listener.AcceptAsync().AsTask()).WaitAsync(TestClient.Patience);

    private static async Task AssertAcceptsAsync(SocketListener listener, StreamAddress address)
    {
        Task<IConnection?> accepting = Accept(listener);
        using var client = new SocketConnection(StreamSockets.Connect(address), "client");
        using IConnection? accepted = await accepting;
        accepted!.Send("hello"u8);
        byte[] buffer = new byte[10];
        int count = await Task.Run(() => client.ReceiveAsync(buffer, wakeable: false).AsTask());
        Assert.That(Encoding.ASCII.GetString(buffer, 0, count), Is.EqualTo("hello"));
    }
}
