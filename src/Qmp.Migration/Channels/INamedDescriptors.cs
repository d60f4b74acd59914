namespace Qmp.Migration.Channels;

/// <summary>Descriptors that clients passed to this process under names (<c>getfd</c>).</summary>
public interface INamedDescriptors
{
    /// <summary>Takes the descriptor of that name, which is the caller's then, or returns -1.</summary>
    int Take(string name);
}
