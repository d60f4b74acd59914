namespace Qmp.Machine.Time;

/// <summary>Something that runs on a timeline until it ends by itself.</summary>
public abstract class Activity
{
    private protected Activity(string name) => Name = name;

    /// <summary>The name it was started with.</summary>
    public string Name { get; }

    /// <summary>The kernel's id of its thread; 0 on a virtual timeline and before the thread runs.</summary>
    public abstract int ThreadId { get; }

    /// <summary>Waits for its end. Throws nothing: an activity handles its own failures.</summary>
    public abstract ValueTask JoinAsync();
}
