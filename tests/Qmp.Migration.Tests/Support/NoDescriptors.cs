using Qmp.Migration.Channels;

namespace Qmp.Migration.Tests.Support;

/// <summary>Nobody has passed any.</summary>
internal sealed class NoDescriptors : IPassedDescriptors
{
    public int Take(string name) => -1;

    public int Duplicate(long set, int flags) => throw new ChannelException("there are no sets");
}
