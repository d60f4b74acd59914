namespace Qmp.Migration.Channels;

/// <summary>What channels to an address can do, as far as capabilities ask for it.</summary>
[Flags]
public enum ChannelTraits
{
    /// <summary>One stream of bytes.</summary>
    None = 0,

    /// <summary>Data can be put at an offset, as <c>mapped-ram</c> wants it; such a channel is no stream.</summary>
    Seekable = 1,

    /// <summary>More connections can be made to the same address, as <c>multifd</c> wants it.</summary>
    ManyChannels = 2,
}
