using System.Globalization;
using Qmp.Migration.Channels;
using Qmp.Types;

namespace Qmp.Testing.Hosting;

/// <summary>
/// Makes the connections of an emulator inside this process. It has inherited no descriptors: a number in <c>fd:NUMBER</c>
/// would be one of this process, which must not be taken away from whoever holds it.
/// </summary>
internal sealed class NothingInherited(IMigrationConnector inner) : IMigrationConnector
{
    public ICprConnector Cpr => inner.Cpr;

    public ChannelTraits TraitsOf(MigrationAddress address) => inner.TraitsOf(address);

    public IMigrationChannel? Open(MigrationAddress address, Action meetFile) => inner.Open(address, meetFile);

    public ValueTask<IMigrationChannel> ConnectAsync(MigrationAddress address, CancellationToken cancellation) =>
        inner.ConnectAsync(address, cancellation);

    public IPageFile OpenPages(MigrationAddress address, bool writes, bool direct) => inner.OpenPages(address, writes, direct);

    public IMigrationListener Listen(MigrationAddress address, Action meetFile) =>
        address is MigrationAddress.Socket { Value: SocketAddress.Fd fd }
        && int.TryParse(fd.Value.Str, NumberStyles.None, CultureInfo.InvariantCulture, out _)
            ? new SilentListener()
            : inner.Listen(address, meetFile);

    /// <summary>Waits for a source that never comes.</summary>
    private sealed class SilentListener : IMigrationListener
    {
        private readonly TaskCompletionSource<IMigrationChannel?> _ended =
            new(TaskCreationOptions.RunContinuationsAsynchronously);

        public IReadOnlyList<SocketAddress> Addresses => [];

        public ValueTask<IMigrationChannel?> AcceptAsync() => new(_ended.Task);

        public void Dispose() => _ended.TrySetResult(null);
    }
}
