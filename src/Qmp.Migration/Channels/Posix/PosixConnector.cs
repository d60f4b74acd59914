using Qmp.Types;

namespace Qmp.Migration.Channels.Posix;

/// <summary>Real connections to other processes.</summary>
public sealed class PosixConnector : IMigrationConnector
{
    private readonly DescriptorConnector _descriptors;
    private readonly FileConnector _files;

    /// <summary>Connections of a process that gets descriptors from <paramref name="passed"/>.</summary>
    public PosixConnector(IPassedDescriptors passed)
    {
        _descriptors = new DescriptorConnector(passed);
        _files = new FileConnector(passed);
    }

    /// <inheritdoc/>
    public ICprConnector Cpr { get; } = new CprConnector();

    /// <inheritdoc/>
    public ChannelTraits TraitsOf(MigrationAddress address) => address switch
    {
        MigrationAddress.File => FileConnector.Traits,
        MigrationAddress.Socket { Value: not SocketAddress.Fd } => SocketConnector.Traits,
        _ => ChannelTraits.None,
    };

    /// <inheritdoc/>
    public IMigrationChannel? Open(MigrationAddress address, Action meetFile) => address switch
    {
        MigrationAddress.Exec exec => CommandChannel.Start(exec.Value.Args),
        MigrationAddress.File file => _files.Write(file.Value),
        MigrationAddress.Socket { Value: SocketAddress.Fd fd } => _descriptors.Write(fd.Value.Str, meetFile),
        MigrationAddress.Socket => null,
        MigrationAddress.Rdma rdma => throw NoRdma(rdma.Value, "RDMA ERROR: could not create CM channel"),
        _ => throw Unsupported(address),
    };

    /// <inheritdoc/>
    public ValueTask<IMigrationChannel> ConnectAsync(MigrationAddress address, CancellationToken cancellation) => address switch
    {
        MigrationAddress.Socket socket => new(SocketConnector.Connect(socket.Value, cancellation)),
        _ => throw Unsupported(address),
    };

    /// <inheritdoc/>
    public IPageFile OpenPages(MigrationAddress address, bool writes, bool direct) => address switch
    {
        MigrationAddress.File file => _files.OpenPages(file.Value, writes, direct),
        _ => throw Unsupported(address),
    };

    /// <inheritdoc/>
    public IMigrationListener Listen(MigrationAddress address, Action meetFile) => address switch
    {
        MigrationAddress.Exec exec => new ReadyListener(CommandChannel.Start(exec.Value.Args)),
        MigrationAddress.File file => new ReadyListener(_files.Read(file.Value)),
        MigrationAddress.Socket { Value: SocketAddress.Fd fd } => new ReadyListener(_descriptors.Read(fd.Value.Str, meetFile)),
        MigrationAddress.Socket socket => SocketConnector.Listen(socket.Value),
        MigrationAddress.Rdma rdma => throw NoRdma(rdma.Value, "RDMA ERROR: could not create rdma event channel"),
        _ => throw Unsupported(address),
    };

    // What QEMU says on a host without RDMA hardware, which is every host as far as this program knows.
    private static ChannelException NoRdma(InetSocketAddress inet, string reason) =>
        new(inet.Host.Length == 0 ? "RDMA ERROR: RDMA hostname has not been set" : reason);

    private static ChannelException Unsupported(MigrationAddress address) =>
        new($"Migration over '{address.Transport.ToWireName()}' is not supported by this emulator");
}
