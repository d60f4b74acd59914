namespace Qmp.Migration.Channels;

/// <summary>Descriptors that clients passed to this process.</summary>
public interface IPassedDescriptors
{
    /// <summary>Takes the descriptor of that name (<c>getfd</c>), which is the caller's then, or returns -1.</summary>
    int Take(string name);

    /// <summary>Duplicates a descriptor of a set (<c>add-fd</c>) that was opened for what is wanted.</summary>
    /// <param name="set">The set's number.</param>
    /// <param name="flags">The flags of <c>open(2)</c> that a file would be opened with.</param>
    /// <exception cref="ChannelException">The set does not exist, or has no descriptor opened with fitting flags.</exception>
    int Duplicate(long set, int flags);
}
