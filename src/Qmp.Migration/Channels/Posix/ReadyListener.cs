using Qmp.Types;

namespace Qmp.Migration.Channels.Posix;

/// <summary>A stream that is there already: it is accepted when it has something to say.</summary>
internal sealed class ReadyListener : IMigrationListener
{
    private readonly IMigrationChannel _channel;
    private bool _accepted;

    public ReadyListener(IMigrationChannel channel) => _channel = channel;

    public IReadOnlyList<SocketAddress> Addresses => [];

    public ValueTask<IMigrationChannel?> AcceptAsync()
    {
        bool ready = _channel is not DescriptorChannel file || file.WaitForInput();
        _accepted = ready;
        return new ValueTask<IMigrationChannel?>(ready ? _channel : null);
    }

    public void Dispose()
    {
        _channel.Shutdown();
        if (!_accepted) _channel.Dispose();
    }
}
