using Newtonsoft.Json.Linq;
using Qmp.Protocol.Json;
using Qmp.Protocol.Messages;
using Qmp.Protocol.Visitors;

namespace Qmp.Client.Wire;

/// <summary>Writes requests and checks that they are what the server's parser accepts. For one thread.</summary>
/// <remarks>
/// A server answers bad JSON without an id, so the reply could not be matched with its request. Such a request must
/// therefore not be sent. A tree can be bad in three ways: it holds a number such as NaN, too many levels, or too much.
/// </remarks>
internal sealed class RequestWriter : IDisposable
{
    private readonly MessageWriter _writer = new();
    private JsonMessageParser _parser = new();

    /// <summary>Writes a request; its bytes are valid until the next one.</summary>
    /// <exception cref="QmpUsageException">The arguments cannot be written as JSON, or are too long.</exception>
    public ReadOnlySpan<byte> Write<T>(
        string command, bool outOfBand, T arguments, ValueWriter<T>? writeArguments, long id)
    {
        _writer.Output.Clear();
        OutputVisitor visitor = _writer.BeginRequest(command, outOfBand);
        writeArguments?.Invoke(visitor, "arguments"u8, arguments);
        _writer.EndRequest(new JValue(id));
        ReadOnlySpan<byte> request = _writer.Output.Span;
        if (_parser.Feed(request, out int consumed) != JsonParseOutcome.Message || consumed < request.Length - 2)
        {
            string? problem = _parser.Error;
            // What is left of the failure must not meet the next request.
            _parser.Dispose();
            _parser = new JsonMessageParser();
            throw new QmpUsageException($"{command}: the arguments cannot be sent: {problem}");
        }

        return request;
    }

    public void Dispose()
    {
        _writer.Dispose();
        _parser.Dispose();
    }
}
