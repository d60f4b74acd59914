using Newtonsoft.Json.Linq;
using Qmp.Protocol.Messages;

namespace Qmp.StreamJsonRpc;

/// <summary>
/// A reply that answers no call: the server's complaint about input that it could not parse, the error of a
/// notification, or the answer to another user of the same stream.
/// </summary>
public sealed class UnmatchedReplyEventArgs : EventArgs
{
    internal UnmatchedReplyEventArgs(JToken? id, JToken? value, QmpError? error)
    {
        Id = id;
        Value = value;
        Error = error;
    }

    /// <summary>The reply's id, or <see langword="null"/> if it has none.</summary>
    public JToken? Id { get; }

    /// <summary>The result, of a successful reply.</summary>
    public JToken? Value { get; }

    /// <summary>Class and description, of an error.</summary>
    public QmpError? Error { get; }
}
