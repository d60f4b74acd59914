namespace Qmp.Machine;

/// <summary>Something that changes guest memory while the machine runs; a port of the machine.</summary>
public interface IGuest
{
    /// <summary>Lets it run.</summary>
    void Start();

    /// <summary>Stops it. When this returns, all its writes are done and recorded in the dirty log.</summary>
    ValueTask StopAsync();

    /// <summary>Takes away <paramref name="percent"/> of its time; 0 takes nothing.</summary>
    void Throttle(int percent);
}
