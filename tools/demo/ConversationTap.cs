using System.Text;
using Qmp.Protocol.Transport;

namespace Demo;

/// <summary>Lets a conversation be watched, line by line: <c>-&gt;</c> to the emulator, <c>&lt;-</c> from it.</summary>
internal sealed class ConversationTap(IConnection inner, Action<string> watch) : IConnection
{
    private readonly LineSplitter _sent = new("-> ", watch);
    private readonly LineSplitter _received = new("<- ", watch);

    public string Name => inner.Name;

    public long Backlog => inner.Backlog;

    public bool IsHungUp => inner.IsHungUp;

    public async ValueTask<int> ReceiveAsync(Memory<byte> buffer, bool wakeable)
    {
        int count = await inner.ReceiveAsync(buffer, wakeable);
        if (count > 0) _received.Add(buffer.Span[..count]);
        return count;
    }

    public ValueTask<bool> WaitForWakeAsync() => inner.WaitForWakeAsync();

    public void Wake() => inner.Wake();

    public void Send(ReadOnlySpan<byte> bytes)
    {
        _sent.Add(bytes);
        inner.Send(bytes);
    }

    public ValueTask DrainAsync(CancellationToken cancellationToken) => inner.DrainAsync(cancellationToken);

    public void StopReceiving() => inner.StopReceiving();

    public int TakeDescriptor() => inner.TakeDescriptor();

    public void Dispose() => inner.Dispose();

    private sealed class LineSplitter(string prefix, Action<string> watch)
    {
        private readonly List<byte> _line = [];

        public void Add(ReadOnlySpan<byte> bytes)
        {
            foreach (byte value in bytes)
            {
                if (value != '\n')
                {
                    _line.Add(value);
                    continue;
                }

                watch(prefix + Encoding.UTF8.GetString([.. _line]).TrimEnd());
                _line.Clear();
            }
        }
    }
}
