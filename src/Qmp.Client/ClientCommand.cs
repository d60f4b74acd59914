using Qmp.Protocol.Messages;

namespace Qmp.Client;

/// <summary>One command of a schema as a client sends it; generated.</summary>
/// <typeparam name="TArguments">The record of the arguments; an empty record for commands without any.</typeparam>
/// <typeparam name="TResult">The type of the result; an empty record for commands without one.</typeparam>
/// <param name="Name">The wire name.</param>
/// <param name="HasArguments">Whether requests carry an <c>arguments</c> member.</param>
/// <param name="AllowOutOfBand">Whether <c>exec-oob</c> may be used.</param>
/// <param name="WriteArguments">Writes the arguments object.</param>
/// <param name="ReadResult">Reads the result, tolerantly.</param>
/// <param name="ExpectsReply">
/// Whether success is answered; where it is not (<c>success-response: false</c>), only an error may come back.
/// </param>
public sealed record ClientCommand<TArguments, TResult>(
    string Name,
    bool HasArguments,
    bool AllowOutOfBand,
    ValueWriter<TArguments> WriteArguments,
    ValueReader<TResult> ReadResult,
    bool ExpectsReply = true);
