using Qmp.Protocol.Messages;

namespace Qmp.StreamJsonRpc.Mapping;

/// <summary>Sends messages to a stream, one at a time, in the order of the calls.</summary>
internal sealed class MessageOutput(Stream stream)
{
    /// <summary>Guards the writer and the stream.</summary>
    private readonly SemaphoreSlim _turn = new(1, 1);

    private readonly MessageWriter _writer = new();

    /// <summary>Sends what <paramref name="write"/> writes; nothing if it throws.</summary>
    /// <param name="write">Writes one message, or none.</param>
    /// <param name="cancellationToken">Gives up before anything is sent: half a message would spoil the stream.</param>
    public async ValueTask SendAsync(Action<MessageWriter> write, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            write(_writer);
            await stream.WriteAsync(_writer.Output.Memory, CancellationToken.None).ConfigureAwait(false);
            await stream.FlushAsync(CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            _writer.Output.Clear();
            _turn.Release();
        }
    }
}
