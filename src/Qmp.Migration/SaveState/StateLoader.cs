using Qmp.Migration.Status;
using Qmp.Migration.Stream;

namespace Qmp.Migration.SaveState;

/// <summary>Loads an entry's state in one attempt.</summary>
public abstract class StateLoader
{
    /// <summary>Reads the body of one of the entry's sections.</summary>
    /// <exception cref="LoadException">The body does not fit, or the stream ends in it.</exception>
    public abstract ValueTask LoadAsync(MigrationReader reader, int version);
}
