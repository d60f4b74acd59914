namespace Qmp.Migration.Channels;

/// <summary>Descriptors that clients passed to this process.</summary>
public interface IPassedDescriptors
{
    /// <summary>Takes the descriptor of that name (<c>getfd</c>), which is the caller's then, or returns -1.</summary>
    int Take(string name);

    /// <summary>Duplicates a descriptor of a set (<c>add-fd</c>) that was opened for what is wanted, or returns -1.</summary>
    /// <param name="set">The set's number.</param>
    /// <param name="writing">Whether it is written to; otherwise it is read.</param>
    int Duplicate(long set, bool writing);
}
