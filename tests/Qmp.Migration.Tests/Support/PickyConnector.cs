using Qmp.Machine.Time;
using Qmp.Migration.Channels;
using Qmp.Migration.Channels.Virtual;
using Qmp.Types;

namespace Qmp.Migration.Tests.Support;

/// <summary>A virtual network in which a source's connections differ.</summary>
/// <param name="timeline">Where the machines run.</param>
/// <param name="network">The network.</param>
internal sealed class PickyConnector(Timeline timeline, VirtualNetwork network) : IMigrationConnector
{
    private int _next;

    /// <summary>The link of a connection, by its number in the order in which they are made.</summary>
    public Func<int, LinkSettings?> LinkOf { get; set; } = _ => null;

    /// <summary>How long making a connection takes.</summary>
    public Func<int, TimeSpan> DelayOf { get; set; } = _ => TimeSpan.Zero;

    public ChannelTraits TraitsOf(MigrationAddress address) => network.TraitsOf(address);

    public IMigrationChannel? Open(MigrationAddress address, Action meetFile) => null;

    public async ValueTask<IMigrationChannel> ConnectAsync(MigrationAddress address, CancellationToken cancellation)
    {
        int number = _next++;
        if (DelayOf(number) is var delay && delay > TimeSpan.Zero) await timeline.CreateWaker().WaitAsync(delay);
        LinkSettings usual = network.Link;
        network.Link = LinkOf(number) ?? usual;
        try
        {
            return await network.ConnectAsync(address, cancellation);
        }
        finally
        {
            network.Link = usual;
        }
    }

    public IPageFile OpenPages(MigrationAddress address, bool writes, bool direct) => network.OpenPages(address, writes, direct);

    public IMigrationListener Listen(MigrationAddress address, Action meetFile) => network.Listen(address, meetFile);
}
