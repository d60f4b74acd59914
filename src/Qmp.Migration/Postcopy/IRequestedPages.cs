using Qmp.Machine.Memory;
using Qmp.Migration.Channels;

namespace Qmp.Migration.Postcopy;

/// <summary>Sends pages that a destination waits for before all others.</summary>
/// <remarks>Called by the activity that reads the return path, but for <see cref="HasRequests"/>.</remarks>
internal interface IRequestedPages
{
    /// <summary>Whether pages have been asked for that the activity that sends has to send.</summary>
    bool HasRequests { get; }

    /// <summary>The destination waits for a page, which may have been sent by now.</summary>
    /// <exception cref="ChannelException">It goes over a channel of its own, and that broke.</exception>
    ValueTask RequestAsync(RamBlock block, long page);

    /// <summary>Has requested pages go over a channel of their own from now on.</summary>
    void Preempt(IMigrationChannel channel);

    /// <summary>Ends what goes over that channel, for destinations that wait for it.</summary>
    /// <exception cref="ChannelException">It broke.</exception>
    ValueTask EndPreemptionAsync();

    /// <summary>The connections are lost; what is asked for waits for others.</summary>
    void Disconnect();
}
