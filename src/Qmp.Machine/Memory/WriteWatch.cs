namespace Qmp.Machine.Memory;

/// <summary>Is told of every change to some pages of a block, whoever makes it.</summary>
/// <param name="pages">The pages.</param>
public abstract class WriteWatch(PageBitmap pages)
{
    /// <summary>The pages.</summary>
    public PageBitmap Pages => pages;

    /// <summary>Bytes have been changed; called by who changed them, from any thread. They may lie in other pages, too.</summary>
    /// <param name="offset">Where they begin.</param>
    /// <param name="length">How many.</param>
    public abstract void Written(ulong offset, ulong length);
}
