namespace Qmp.Protocol.Transport;

/// <summary>Where a blocking connection empties the queue of a slow reader.</summary>
internal static class WriterThread
{
    /// <summary>Runs a writer that completes synchronously on a thread that ends with it.</summary>
    /// <exception cref="OutOfMemoryException">No thread is to be had.</exception>
    public static void Start(string name, Func<Task> writer)
    {
        var thread = new Thread(() => writer().GetAwaiter().GetResult())
        {
            IsBackground = true,
            Name = $"{name} writer",
        };
        thread.Start();
    }
}
