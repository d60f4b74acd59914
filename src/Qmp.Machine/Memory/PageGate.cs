namespace Qmp.Machine.Memory;

/// <summary>Keeps accesses to pages of one RAM block waiting while a migration needs it.</summary>
/// <remarks>
/// There are two reasons. A page is missing: it has not arrived yet, and reads and writes wait for it. A page is
/// protected: it has to be saved as it is, and writes wait for that. The migration first does with a page what
/// the gate was closed for, and then clears its bit in <see cref="Closed"/>.
/// </remarks>
/// <param name="closed">The pages that are kept waiting for. Bits are cleared while the machine runs, never set.</param>
public abstract class PageGate(PageBitmap closed)
{
    /// <summary>The pages that are kept waiting for.</summary>
    public PageBitmap Closed { get; } = closed;

    /// <summary>Whether reads wait, too.</summary>
    public abstract bool HoldsReads { get; }

    /// <summary>Returns when a page has been opened. Called for one that was closed a moment ago, by who touches it.</summary>
    /// <param name="page">The number of the page in its block.</param>
    public abstract ValueTask WaitAsync(long page);

    /// <summary>A page's contents have been placed, so that it is not missing any more.</summary>
    /// <param name="page">The number of the page in its block.</param>
    public virtual void Placed(long page) => Closed.Clear(page);
}
