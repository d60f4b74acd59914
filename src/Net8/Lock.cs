namespace System.Threading;

/// <summary>.NET 9's lock where there is none: <c>lock</c> does the same with it.</summary>
internal sealed class Lock
{
    private readonly object _monitor = new();

    /// <summary>Enters, until what is returned is disposed.</summary>
    public Scope EnterScope()
    {
        Monitor.Enter(_monitor);
        return new Scope(_monitor);
    }

    /// <summary>Leaves when it is disposed.</summary>
    public readonly ref struct Scope(object monitor)
    {
        /// <summary>Leaves.</summary>
        public void Dispose() => Monitor.Exit(monitor);
    }
}
