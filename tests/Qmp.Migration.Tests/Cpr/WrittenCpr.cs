using System.Runtime.InteropServices;
using Qmp.Linux;
using Qmp.Migration.Channels;

namespace Qmp.Migration.Tests.Cpr;

/// <summary>What one program has written to another, to be read or looked at.</summary>
internal sealed class WrittenCpr(params ReadOnlySpan<byte> bytes) : ICprWriter, ICprReader
{
    private readonly List<byte> _bytes = [.. bytes];
    private int _at;

    /// <summary>All bytes.</summary>
    public byte[] Bytes => [.. _bytes];

    /// <summary>Descriptors that have not been taken yet.</summary>
    public Queue<DescriptorHandle> Handed { get; } = new();

    public void Write(ReadOnlySpan<byte> bytes) => _bytes.AddRange(bytes);

    public void Write(byte carrier, SafeHandle descriptor)
    {
        Handed.Enqueue(SharedMemory.Duplicate(descriptor)!);
        _bytes.Add(carrier);
    }

    public void EndWriting()
    {
    }

    public int Read(Span<byte> buffer)
    {
        int count = Math.Min(buffer.Length, _bytes.Count - _at);
        CollectionsMarshal.AsSpan(_bytes).Slice(_at, count).CopyTo(buffer);
        _at += count;
        return count;
    }

    public DescriptorHandle? TakeDescriptor() => Handed.TryDequeue(out DescriptorHandle? first) ? first : null;

    public ValueTask<bool> WaitForCloseAsync(CancellationToken cancellation) => new(true);

    public void Dispose()
    {
        foreach (DescriptorHandle left in Handed) left.Dispose();
    }
}
