using Qmp.Machine.Time;
using Qmp.Migration.Channels;

namespace Qmp.Migration.Source;

/// <summary>Gives a destination the time to refuse a migration that would be over before it could.</summary>
/// <remarks>
/// An idle guest is gone before its destination has looked at the stream's header. One that refuses it hangs up; QEMU
/// would often still be sending then. Without this the refusal would come too late.
/// </remarks>
internal sealed class RefusalWatch(Timeline timeline, IMigrationChannel channel)
{
    /// <summary>For refusing the connection itself: QEMU takes a few milliseconds to get to its first flush.</summary>
    private static readonly TimeSpan OfConnection = TimeSpan.FromMilliseconds(5);

    /// <summary>For refusing what it has read.</summary>
    private static readonly TimeSpan OfStream = TimeSpan.FromMilliseconds(20);

    /// <summary>The longest that a destination that has not come to reading is waited for.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(250);

    private readonly long _connectedAt = timeline.NowMilliseconds;

    private TimeSpan Elapsed => TimeSpan.FromMilliseconds(timeline.NowMilliseconds - _connectedAt);

    /// <summary>Waits before anything is sent. Who hangs up makes sending fail.</summary>
    public async ValueTask BeforeSendingAsync() => await channel.WaitForHangUpAsync(OfConnection);

    /// <summary>Waits before the guest is stopped, unless the migration has taken long enough as it is.</summary>
    /// <exception cref="ChannelException">It hung up.</exception>
    public async ValueTask BeforeStoppingAsync()
    {
        bool wasBehind = false;
        for (TimeSpan wait = OfStream - Elapsed; wait > TimeSpan.Zero && Elapsed < Longest;)
        {
            if (await channel.WaitForHangUpAsync(wait))
            {
                throw new ChannelException("Unable to write to socket: Broken pipe");
            }

            // It can judge only what it has read, and then takes a moment.
            bool isBehind = channel.HasUnread;
            wait = isBehind || wasBehind ? OfStream : TimeSpan.Zero;
            wasBehind = isBehind;
        }
    }
}
