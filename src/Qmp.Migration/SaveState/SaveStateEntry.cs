using Qmp.Migration.Status;
using Qmp.Migration.Stream;

namespace Qmp.Migration.SaveState;

/// <summary>Something with state in the stream, found by (name, instance) on the other side.</summary>
public abstract class SaveStateEntry
{
    /// <summary>The section's name (<c>idstr</c>).</summary>
    public abstract string Name { get; }

    /// <summary>Tells devices of the same name apart.</summary>
    public virtual uint InstanceId => 0;

    /// <summary>The version that is written, and the newest that is read.</summary>
    public abstract int Version { get; }

    /// <summary>Reads the body of one of the device's sections.</summary>
    /// <exception cref="LoadException">It does not fit.</exception>
    public abstract ValueTask LoadAsync(MigrationReader reader, int version, LoadContext context);
}
