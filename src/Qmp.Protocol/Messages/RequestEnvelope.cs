using Qmp.Protocol.Json;

namespace Qmp.Protocol.Messages;

/// <summary>The members of a request, as indexes into its tokens.</summary>
/// <remarks>
/// Checks are QEMU's, in the order in which its hash table yields the members, not in that of the input: of several
/// wrong members the one with the lowest bucket is reported (qmp-spec, "Issuing Commands").
/// </remarks>
public readonly struct RequestEnvelope
{
    private const int Absent = -1;

    private RequestEnvelope(int command, int arguments, int id, bool outOfBand, string? error)
    {
        Command = command;
        Arguments = arguments;
        Id = id;
        OutOfBand = outOfBand;
        Error = error;
    }

    /// <summary>What is wrong, for a GenericError, or <see langword="null"/>.</summary>
    public string? Error { get; }

    /// <summary>The string token with the command's name.</summary>
    public int Command { get; }

    /// <summary>The arguments object, or -1.</summary>
    public int Arguments { get; }

    /// <summary>The value to echo, or -1. Set also when something else is wrong.</summary>
    public int Id { get; }

    /// <summary>Whether the client asks for out-of-band execution.</summary>
    public bool OutOfBand { get; }

    /// <summary>An envelope without anything, for requests that are no JSON.</summary>
    public static RequestEnvelope Empty { get; } = new(Absent, Absent, Absent, false, null);

    /// <summary>
    /// Whether the request asks to be taken out of turn, right or wrong: has <c>exec-oob</c> and no <c>execute</c>.
    /// </summary>
    public static bool AsksOutOfBand(JsonMessage message) =>
        message.KindAt(0) == JsonTokenKind.LeftBrace
        && message.Find(0, "exec-oob"u8) != Absent
        && message.Find(0, "execute"u8) == Absent;

    /// <summary>Checks a request.</summary>
    /// <param name="message">The request.</param>
    /// <param name="outOfBandEnabled">Whether the client negotiated <c>oob</c>.</param>
    public static RequestEnvelope Read(JsonMessage message, bool outOfBandEnabled)
    {
        if (message.KindAt(0) != JsonTokenKind.LeftBrace)
        {
            return new(Absent, Absent, Absent, false, "QMP input must be a JSON object");
        }

        int execute = Absent, executeOutOfBand = Absent, arguments = Absent, id = Absent;
        FirstError error = default;
        for (int key = message.FirstKey(0); key >= 0; key = message.NextKey(key))
        {
            int value = key + 2;
            if (message.StringEquals(key, "execute"u8)) execute = value;
            else if (message.StringEquals(key, "arguments"u8)) arguments = value;
            else if (message.StringEquals(key, "id"u8)) id = value;
            else if (outOfBandEnabled && message.StringEquals(key, "exec-oob"u8)) executeOutOfBand = value;
            else error.Add(message.StringAt(key), "QMP input member '{0}' is unexpected");
        }

        if (executeOutOfBand != Absent && message.KindAt(executeOutOfBand) != JsonTokenKind.String)
        {
            error.Add("exec-oob", "QMP input member '{0}' must be a string");
        }

        if (execute != Absent && message.KindAt(execute) != JsonTokenKind.String)
        {
            error.Add("execute", "QMP input member '{0}' must be a string");
        }
        else if (execute != Absent && executeOutOfBand != Absent)
        {
            error.Add("execute", "QMP input member '{0}' clashes with 'exec-oob'");
        }

        if (arguments != Absent && message.KindAt(arguments) != JsonTokenKind.LeftBrace)
        {
            error.Add("arguments", "QMP input member '{0}' must be an object");
        }

        string? text = error.Text;
        if (text is null && execute == Absent && executeOutOfBand == Absent) text = "QMP input lacks member 'execute'";
        bool outOfBand = execute == Absent;
        return new(outOfBand ? executeOutOfBand : execute, arguments, id, outOfBand, text);
    }

    /// <summary>Keeps the error of the member that QEMU would meet first.</summary>
    private ref struct FirstError
    {
        private int _bucket;

        public string? Text { get; private set; }

        public void Add(string member, string format)
        {
            // Within one bucket the member that came last is met first.
            int bucket = QDictOrder.Bucket(member);
            if (Text is not null && bucket > _bucket) return;
            _bucket = bucket;
            Text = format.Replace("{0}", member, StringComparison.Ordinal);
        }
    }
}
