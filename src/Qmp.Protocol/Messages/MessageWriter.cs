using Newtonsoft.Json.Linq;
using Qmp.Protocol.Json;
using Qmp.Protocol.Visitors;

namespace Qmp.Protocol.Messages;

/// <summary>Writes the messages of either side, one after the other, each ended by CR LF.</summary>
/// <remarks>Members come in QEMU's order. For one thread.</remarks>
public sealed class MessageWriter : IDisposable
{
    private readonly JsonEmitter _emitter;
    private readonly JsonOutputVisitor _visitor;

    /// <summary>A writer with a buffer of its own.</summary>
    /// <param name="pretty">One member a line, for people.</param>
    /// <param name="policy">What is hidden; nothing by default.</param>
    public MessageWriter(bool pretty = false, CompatPolicy? policy = null)
    {
        Output = new ByteBuffer();
        _emitter = new JsonEmitter(Output, pretty);
        _visitor = new JsonOutputVisitor(_emitter, policy ?? CompatPolicy.Permissive);
    }

    /// <summary>What was written; cleared by the caller.</summary>
    public ByteBuffer Output { get; }

    /// <summary>Writes the greeting (qmp-spec, "Server Greeting").</summary>
    public void WriteGreeting(QmpVersion version, IEnumerable<string> capabilities)
    {
        Begin();
        _visitor.StartStruct("QMP"u8);
        _visitor.StartStruct("version"u8);
        _visitor.StartStruct("qemu"u8);
        _visitor.WriteInt("micro"u8, version.Micro);
        _visitor.WriteInt("minor"u8, version.Minor);
        _visitor.WriteInt("major"u8, version.Major);
        _visitor.EndStruct();
        _visitor.WriteString("package"u8, version.Package);
        _visitor.EndStruct();
        _visitor.StartList("capabilities"u8);
        foreach (string capability in capabilities) _visitor.WriteString([], capability);
        _visitor.EndList();
        _visitor.EndStruct();
        End();
    }

    /// <summary>Starts a request. The caller writes the arguments, if any, under the name <c>arguments</c>.</summary>
    /// <param name="command">The wire name.</param>
    /// <param name="outOfBand">Whether to ask for out-of-band execution.</param>
    public OutputVisitor BeginRequest(string command, bool outOfBand = false)
    {
        Begin();
        _visitor.WriteString(outOfBand ? "exec-oob"u8 : "execute"u8, command);
        return _visitor;
    }

    /// <summary>Ends a request.</summary>
    /// <param name="id">The id that the reply repeats, or <see langword="null"/> for a request without one.</param>
    public void EndRequest(JToken? id)
    {
        if (id is not null) _visitor.WriteAny("id"u8, id);
        End();
    }

    /// <summary>Starts a successful reply. The caller writes the result under the name <c>return</c>.</summary>
    public OutputVisitor BeginReturn()
    {
        Begin();
        return _visitor;
    }

    /// <summary>Ends a successful reply.</summary>
    /// <param name="request">The request.</param>
    /// <param name="id">The token of its id, or -1.</param>
    public void EndReturn(JsonMessage? request, int id)
    {
        WriteId(request, id);
        End();
    }

    /// <summary>Writes an error reply.</summary>
    /// <param name="request">The request; <see langword="null"/> for input that is not JSON.</param>
    /// <param name="id">The token of its id, or -1.</param>
    /// <param name="error">Class and description.</param>
    public void WriteError(JsonMessage? request, int id, QmpError error)
    {
        Begin();
        WriteId(request, id);
        _visitor.StartStruct("error"u8);
        _visitor.WriteString("class"u8, error.Class);
        _visitor.WriteString("desc"u8, error.Description);
        _visitor.EndStruct();
        End();
    }

    /// <summary>Writes an event (qmp-spec, "Asynchronous events").</summary>
    /// <param name="descriptor">Which event.</param>
    /// <param name="data">Its data; left out when it turns out to be empty.</param>
    /// <param name="stamp">When it was raised.</param>
    public void WriteEvent<T>(EventDescriptor<T> descriptor, T data, DateTimeOffset stamp)
    {
        Begin();
        long microseconds = stamp.ToUnixTimeMilliseconds() * 1000 + stamp.Microsecond;
        (long seconds, long rest) = Math.DivRem(microseconds, 1_000_000);
        _visitor.StartStruct("timestamp"u8);
        _visitor.WriteInt("seconds"u8, seconds);
        _visitor.WriteInt("microseconds"u8, rest);
        _visitor.EndStruct();
        _visitor.WriteString("event"u8, descriptor.Name);
        if (descriptor.HasData)
        {
            int before = Output.Length;
            descriptor.Write(_visitor, "data"u8, data);
            if (_emitter.LastWasEmpty) Output.Truncate(before);
        }

        End();
    }

    /// <summary>Gives the buffer back.</summary>
    public void Dispose() => Output.Dispose();

    private void Begin()
    {
        _visitor.Reset();
        _emitter.Open('{');
    }

    private void End()
    {
        _emitter.Close('}');
        Output.Append("\r\n"u8);
    }

    private void WriteId(JsonMessage? request, int id)
    {
        if (id < 0 || request is null) return;
        _emitter.Name("id"u8);
        MessageEcho.Write(_emitter, request, id);
    }
}
