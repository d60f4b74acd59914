using System.Buffers;
using System.Text;
using Newtonsoft.Json.Linq;
using Qmp.Protocol.Json;
using StreamJsonRpc;
using StreamJsonRpc.Protocol;
using StreamJsonRpc.Reflection;

namespace Qmp.StreamJsonRpc.Mapping;

/// <summary>
/// What a JsonRpc asks a handler for beside messages: here only the way to its trace. The handlers read and write
/// messages themselves, as framing and meaning are one in QMP.
/// </summary>
internal sealed class HandlerFormatter : IJsonRpcMessageFormatter, IJsonRpcInstanceContainer
{
    private const string NotSeparate = "QMP's handlers read and write messages themselves.";

    private IJsonRpcTracingCallbacks? _trace;

    JsonRpc IJsonRpcInstanceContainer.Rpc
    {
        // Through object: the compiler would look at all that JsonRpc stands on.
        set => _trace = (object)value as IJsonRpcTracingCallbacks;
    }

    /// <summary>Traces a message that is about to be sent.</summary>
    public void Sent(JsonRpcMessage message, ByteBuffer text) =>
        _trace?.OnMessageSerialized(message, new Lazily(() => Encoding.UTF8.GetString(text.Span).TrimEnd()));

    /// <summary>Traces a message that was received.</summary>
    public void Received(JsonRpcMessage message, JsonMessage text) =>
        _trace?.OnMessageDeserialized(message, new Lazily(() => Print(text.ToJToken(0))));

    JsonRpcMessage IJsonRpcMessageFormatter.Deserialize(ReadOnlySequence<byte> contentBuffer) =>
        throw new NotSupportedException(NotSeparate);

    void IJsonRpcMessageFormatter.Serialize(IBufferWriter<byte> bufferWriter, JsonRpcMessage message) =>
        throw new NotSupportedException(NotSeparate);

    object IJsonRpcMessageFormatter.GetJsonText(JsonRpcMessage message) =>
        throw new NotSupportedException(NotSeparate);

    private static string Print(JToken token)
    {
        using var buffer = new ByteBuffer();
        using var writer = new QmpJsonWriter(buffer);
        writer.WriteOrdered(token);
        return Encoding.UTF8.GetString(buffer.Span);
    }

    /// <summary>Text that is made only if the trace prints it, which it does before the call returns.</summary>
    private sealed class Lazily(Func<string> print)
    {
        public override string ToString() => print();
    }
}
