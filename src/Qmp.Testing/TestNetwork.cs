using Qmp.Machine.Time;
using Qmp.Migration.Channels;
using Qmp.Migration.Channels.Virtual;
using Serilog.Core;

namespace Qmp.Testing;

/// <summary>
/// Links machines of this process for migration, in memory: <c>unix:ANY-NAME</c> and <c>tcp:ANY:PORT</c> lead to whoever
/// listens there. Nothing of it is on the host.
/// </summary>
public sealed class TestNetwork
{
    private readonly VirtualNetwork _network;

    /// <summary>A network without listeners, in real time.</summary>
    public TestNetwork()
        : this(new ThreadTimeline(TestVmOptions.SystemClock, Logger.None))
    {
    }

    /// <summary>A network without listeners, in virtual time.</summary>
    public TestNetwork(VirtualTime time)
        : this((time ?? throw new ArgumentNullException(nameof(time))).Timeline)
    {
    }

    private TestNetwork(Timeline timeline) => _network = new VirtualNetwork(timeline);

    /// <summary>What connections made from now on are like: bandwidth, latency, where they break.</summary>
    public LinkSettings Link
    {
        get => _network.Link;
        set => _network.Link = value;
    }

    internal IMigrationConnector Connector => _network;
}
