using Qmp.Types;

namespace Qmp.Migration.Channels.Posix;

/// <summary>A stream that is there already: it is accepted when it has something to say.</summary>
internal sealed class ReadyListener(IMigrationChannel channel) : IMigrationListener
{
    private volatile bool _accepted;

    public IReadOnlyList<SocketAddress> Addresses => [];

    public ValueTask<IMigrationChannel?> AcceptAsync()
    {
        _accepted = channel switch
        {
            FileChannel file => file.WaitForInput(),
            DescriptorChannel descriptor => descriptor.WaitForInput(),
            CommandChannel command => command.WaitForInput(),
            _ => true,
        };
        return new ValueTask<IMigrationChannel?>(_accepted ? channel : null);
    }

    // What was accepted belongs to who accepted it.
    public void Dispose()
    {
        if (_accepted) return;
        channel.Shutdown();
        channel.Dispose();
    }
}
