using System.IO.Pipes;
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;
using Qmp.Protocol.Tests.Support;
using Qmp.Protocol.Transport;

namespace Qmp.Protocol.Tests.Transport;

/// <summary>Descriptors that come along with bytes on a Unix socket.</summary>
[TestFixture(true)]
[TestFixture(false)]
internal sealed class DescriptorTests(bool isBlocking)
{
    private readonly TemporaryFolder _folder = new();
    private SocketListener _listener = null!;
    private Socket _client = null!;
    private IConnection _server = null!;

    [SetUp]
    public async Task Connect()
    {
        _listener = SocketListener.Unix(_folder["s"], isBlocking);
        _client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        _client.Connect(new UnixDomainSocketEndPoint(_folder["s"]));
        _server = (await _listener.AcceptAsync())!;
    }

    [TearDown]
    public void Disconnect()
    {
        _server.Dispose();
        _client.Dispose();
        _listener.Dispose();
    }

    [OneTimeTearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public async Task A_descriptor_arrives_open_and_closes_on_exec()
    {
        using var pipe = new AnonymousPipeServerStream(PipeDirection.In);
        DescriptorSender.Send(_client.SafeHandle, "x"u8, Number(pipe.ClientSafePipeHandle));
        pipe.DisposeLocalCopyOfClientHandle();
        Assert.That(await Receive(), Is.EqualTo(1));
        int descriptor = _server.TakeDescriptor();
        Assert.That(File.ReadAllText($"/proc/self/fdinfo/{descriptor}"), Does.Match("flags:\\s+02[0-7]*"));
        using (var stream = new FileStream(new SafeFileHandle(descriptor, ownsHandle: true), FileAccess.Write))
        {
            stream.WriteByte(7);
        }

        Assert.That(pipe.ReadByte(), Is.EqualTo(7));
        Assert.That(_server.TakeDescriptor(), Is.EqualTo(-1));
    }

    [Test]
    public async Task A_descriptor_survives_waiting_for_its_bytes()
    {
        // Waiting for readiness must not take the descriptor away.
        Task<int> receiving = Receive(wakeable: true);
        using var pipe = new AnonymousPipeServerStream(PipeDirection.In);
        DescriptorSender.Send(_client.SafeHandle, "x"u8, Number(pipe.ClientSafePipeHandle));
        Assert.That(await receiving, Is.EqualTo(1));
        int descriptor = _server.TakeDescriptor();
        Assert.That(descriptor, Is.Positive);
        new SafeFileHandle(descriptor, ownsHandle: true).Dispose();
    }

    [Test]
    public async Task Descriptors_nobody_takes_are_closed()
    {
        using var first = new AnonymousPipeServerStream(PipeDirection.In);
        using var second = new AnonymousPipeServerStream(PipeDirection.In);
        DescriptorSender.Send(
            _client.SafeHandle, "x"u8, Number(first.ClientSafePipeHandle), Number(first.ClientSafePipeHandle));
        first.DisposeLocalCopyOfClientHandle();
        Assert.That(await Receive(), Is.EqualTo(1));
        DescriptorSender.Send(_client.SafeHandle, "y"u8, Number(second.ClientSafePipeHandle));
        second.DisposeLocalCopyOfClientHandle();
        Assert.That(await Receive(), Is.EqualTo(1));
        // Replaced by newer ones: the pipe has no writer left.
        Assert.That(first.ReadByte(), Is.EqualTo(-1));
        _server.Dispose();
        Assert.That(second.ReadByte(), Is.EqualTo(-1));
    }

    [Test]
    public async Task Bytes_with_different_descriptors_are_received_apart()
    {
        using var pipe = new AnonymousPipeServerStream(PipeDirection.In);
        int descriptor = Number(pipe.ClientSafePipeHandle);
        DescriptorSender.Send(_client.SafeHandle, "one"u8, descriptor);
        DescriptorSender.Send(_client.SafeHandle, "two"u8, descriptor);
        for (int i = 0; i < 2; i++)
        {
            Assert.That(await Receive(), Is.EqualTo(3));
            int taken = _server.TakeDescriptor();
            Assert.That(taken, Is.Positive);
            new SafeFileHandle(taken, ownsHandle: true).Dispose();
        }
    }

    private static int Number(SafePipeHandle handle) => (int)handle.DangerousGetHandle();

    private Task<int> Receive(bool wakeable = false) =>
        Task.Run(() => _server.ReceiveAsync(new byte[100], wakeable).AsTask()).WaitAsync(TestClient.Patience);
}
