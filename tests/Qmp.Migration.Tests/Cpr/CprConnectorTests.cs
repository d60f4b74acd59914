using Qmp.Linux;
using Qmp.Migration.Channels;
using Qmp.Migration.Channels.Posix;
using Qmp.Migration.Tests.Support;
using Qmp.Types;

namespace Qmp.Migration.Tests.Cpr;

/// <summary>Descriptors over real sockets.</summary>
[TestFixture]
internal sealed class CprConnectorTests
{
    private static readonly ICprConnector Connector = new PosixConnector(new NoDescriptors()).Cpr;

    private DirectoryInfo _folder = null!;

    private string Path => System.IO.Path.Combine(_folder.FullName, "cpr");

    [SetUp]
    public void SetUp() => _folder = Directory.CreateTempSubdirectory("cpr");

    [TearDown]
    public void TearDown() => _folder.Delete(recursive: true);

    [Test]
    public async Task A_descriptor_arrives_with_its_byte()
    {
        using DescriptorHandle memory = SharedMemory.Create("x", 4096, sealsSize: false, out _)!;
        (ICprWriter writer, ICprReader reader) = await ConnectAsync();
        using (writer)
        using (reader)
        {
            writer.Write("ab"u8);
            writer.Write((byte)'c', memory);
            writer.Write("d"u8);
            writer.EndWriting();
            byte[] all = new byte[8];
            int length = 0;
            for (int read; (read = reader.Read(all.AsSpan(length))) > 0;) length += read;
            Assert.That(all[..length], Is.EqualTo("abcd"u8.ToArray()));
            using DescriptorHandle taken = reader.TakeDescriptor()!;
            Assert.That(Files.Seek(taken, 0, 2), Is.EqualTo(4096));
            Assert.That(reader.TakeDescriptor(), Is.Null);
        }
    }

    [Test]
    public async Task The_writer_waits_for_the_reader_to_hang_up()
    {
        (ICprWriter writer, ICprReader reader) = await ConnectAsync();
        using (writer)
        {
            writer.EndWriting();
            Task<bool> waiting = Task.Run(async () => await writer.WaitForCloseAsync(CancellationToken.None));
            reader.Dispose();
            Assert.That(await waiting, Is.True);
        }
    }

    [Test]
    public async Task The_wait_can_be_cancelled()
    {
        (ICprWriter writer, ICprReader reader) = await ConnectAsync();
        using (writer)
        using (reader)
        {
            using var cancellation = new CancellationTokenSource();
            Task<bool> waiting = Task.Run(async () => await writer.WaitForCloseAsync(cancellation.Token));
            await cancellation.CancelAsync();
            Assert.That(await waiting, Is.False);
        }
    }

    [Test]
    public async Task Only_one_can_connect()
    {
        (ICprWriter writer, ICprReader reader) = await ConnectAsync();
        writer.Dispose();
        reader.Dispose();
        Assert.That(File.Exists(Path), Is.False);
        Assert.That(
            () => Connector.Connect(TestMachine.Unix(Path)),
            Throws.TypeOf<ChannelException>().With.Message.EqualTo($"Failed to connect to '{Path}': No such file or directory"));
    }

    [Test]
    public void Descriptors_go_over_Unix_sockets_only()
    {
        var address = new MigrationAddress.Socket
        {
            Value = new SocketAddress.Inet { Value = new InetSocketAddress { Host = "127.0.0.1", Port = "1" } },
        };
        Assert.That(() => Connector.Connect(address), Throws.TypeOf<ChannelException>().With.Message.EqualTo("bad cpr channel address; must be unix"));
        Assert.That(
            async () => await Connector.AcceptAsync(address),
            Throws.TypeOf<ChannelException>().With.Message.EqualTo("bad cpr channel socket type; must be unix"));
    }

    private async Task<(ICprWriter Writer, ICprReader Reader)> ConnectAsync()
    {
        Task<ICprReader> accepting = Task.Run(async () => await Connector.AcceptAsync(TestMachine.Unix(Path)));
        while (!accepting.IsCompleted)
        {
            try
            {
                return (Connector.Connect(TestMachine.Unix(Path)), await accepting);
            }
            catch (ChannelException)
            {
                await Task.Yield(); // it does not listen yet
            }
        }

        throw new InvalidOperationException("It has accepted somebody else.", accepting.Exception);
    }
}
