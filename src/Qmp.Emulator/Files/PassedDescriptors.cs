using Qmp.Migration.Channels;

namespace Qmp.Emulator.Files;

/// <summary>All descriptors that clients passed; they outlive the clients' connections.</summary>
public sealed class PassedDescriptors : IPassedDescriptors, IDisposable
{
    /// <summary>Those with a name (<c>getfd</c>).</summary>
    public NamedDescriptors Named { get; } = new();

    /// <summary>Those in sets (<c>add-fd</c>).</summary>
    public DescriptorSets Sets { get; } = new();

    /// <inheritdoc/>
    public int Take(string name) => Named.Take(name);

    /// <inheritdoc/>
    public int Duplicate(long set, int flags) => Sets.Duplicate(set, flags);

    /// <inheritdoc/>
    public void Dispose()
    {
        Named.Dispose();
        Sets.Dispose();
    }
}
