using System.Net.Sockets;
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
    public void A_path_that_is_too_long_is_reported() => Assert.That(
        () => SocketListener.Unix(_folder[new string('x', 100)]),
        Throws.TypeOf<TransportException>().With.Message.EndsWith("is too long"));

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
        Task<IConnection?> accepting = Task.Run(() => listener.AcceptAsync().AsTask());
        listener.Stop();
        Assert.That(await accepting.WaitAsync(TestClient.Patience), Is.Null);
        Assert.That(await listener.AcceptAsync(), Is.Null);
    }

    [Test]
    public async Task An_inherited_listener_has_its_client_waiting()
    {
        string path = _folder["inherited"];
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        socket.Listen(1);
        using AsyncSocketConnection client = await AsyncSocketConnection.ConnectUnixAsync(path, default);
        client.Send("early"u8);
        using SocketListener listener = SocketListener.FromDescriptor((int)socket.SafeHandle.DangerousGetHandle());
        socket.SafeHandle.SetHandleAsInvalid();
        using IConnection? accepted = await listener.AcceptAsync();
        byte[] buffer = new byte[10];
        Assert.That(await accepted!.ReceiveAsync(buffer, wakeable: false), Is.EqualTo(5));
    }

    [Test]
    public void Nobody_listening_is_reported() => Assert.That(
        () => AsyncSocketConnection.ConnectUnixAsync(_folder["nobody"], default),
        Throws.TypeOf<TransportException>().With.Message.Contains("No such file or directory"));
}
