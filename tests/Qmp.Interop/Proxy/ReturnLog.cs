namespace Qmp.Interop.Proxy;

/// <summary>What a destination has sent.</summary>
internal sealed class ReturnLog
{
    private readonly Lock _gate = new(); // guards what follows
    private readonly List<byte> _bytes = [];
    private readonly List<(int Count, TaskCompletionSource Enough)> _awaited = [];

    /// <summary>All of it, by now.</summary>
    public byte[] Bytes
    {
        get
        {
            lock (_gate) return [.. _bytes];
        }
    }

    /// <summary>Ends when there are so many bytes.</summary>
    public Task WhenAsync(int count)
    {
        lock (_gate)
        {
            if (_bytes.Count >= count) return Task.CompletedTask;
            var enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _awaited.Add((count, enough));
            return enough.Task;
        }
    }

    /// <summary>It has sent some more.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            _bytes.AddRange(bytes);
            foreach ((int count, TaskCompletionSource enough) in _awaited)
            {
                if (_bytes.Count >= count) enough.TrySetResult();
            }
        }
    }
}
