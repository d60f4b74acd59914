namespace Qmp.Migration.Channels;

/// <summary>How memory is sent from where it is.</summary>
public enum InPlaceMethod
{
    /// <summary>The kernel locks the pages until the network has them (MSG_ZEROCOPY): TCP.</summary>
    ZeroCopy,

    /// <summary>The peer, which is on this machine, copies the pages from where they are (splice): Unix sockets.</summary>
    Splice,
}
