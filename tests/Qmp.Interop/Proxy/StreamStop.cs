namespace Qmp.Interop.Proxy;

/// <summary>Where a proxy stops to pass bytes on: the main stream, or one multifd channel while all others go on.</summary>
/// <param name="Channel">The number of the channel; <see langword="null"/> for the main stream.</param>
internal abstract record StreamStop(int? Channel)
{
    /// <summary>Before the destination is connected to.</summary>
    public sealed record BeforeConnecting(int? Channel) : StreamStop(Channel);

    /// <summary>After so many bytes from the source.</summary>
    /// <param name="Count">How many.</param>
    /// <param name="Channel">The channel's number; <see langword="null"/> for the main stream.</param>
    /// <param name="Waiting">How many more must have come, which are not read, before it counts as stopped.</param>
    public sealed record AfterBytes(long Count, int? Channel = null, int Waiting = 0) : StreamStop(Channel);

    /// <summary>Within a barrier of a channel.</summary>
    /// <param name="Channel">The channel's number.</param>
    /// <param name="Number">Which barrier, from 1.</param>
    public sealed record WithinBarrier(int? Channel, int Number) : StreamStop(Channel);

    /// <summary>After the command that says that the source has begun to switch over.</summary>
    public sealed record AfterSwitchoverStart() : StreamStop((int?)null);

    /// <summary>After the command that announces what a guest that goes before its memory starts with.</summary>
    public sealed record BeforePackage() : StreamStop((int?)null);

    /// <summary>Before the last message of the return path, when the source has sent everything.</summary>
    public sealed record BeforeShut() : StreamStop((int?)null);

    /// <summary>After that message.</summary>
    public sealed record AfterShut() : StreamStop((int?)null);
}
