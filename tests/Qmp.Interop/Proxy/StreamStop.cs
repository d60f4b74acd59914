namespace Qmp.Interop.Proxy;

/// <summary>Where a proxy stops to pass bytes on.</summary>
internal abstract record StreamStop
{
    /// <summary>After so many bytes from the source.</summary>
    public sealed record AfterBytes(long Count) : StreamStop;

    /// <summary>After the command that says that the source has begun to switch over.</summary>
    public sealed record AfterSwitchoverStart : StreamStop;

    /// <summary>Before the last message of the return path, when the source has sent everything.</summary>
    public sealed record BeforeShut : StreamStop;

    /// <summary>After that message.</summary>
    public sealed record AfterShut : StreamStop;
}
