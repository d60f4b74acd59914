using Qmp.Types;

namespace Qmp.Migration.Channels;

/// <summary>A network over which no descriptor travels.</summary>
internal sealed class NoCpr : ICprConnector
{
    /// <summary>The only one that is needed.</summary>
    public static NoCpr Instance { get; } = new();

    public ICprWriter Connect(MigrationAddress address) => throw new ChannelException("bad cpr channel address; must be unix");

    public ValueTask<ICprReader> AcceptAsync(MigrationAddress address) => throw new ChannelException("bad cpr channel socket type; must be unix");
}
