namespace Qmp.Client;

/// <summary>Sends commands and waits for their replies. Generated proxies call it.</summary>
public interface ICommandSender
{
    /// <summary>Sends the command and returns its result.</summary>
    /// <exception cref="QmpCommandException">The peer answered with an error.</exception>
    /// <exception cref="QmpDisconnectedException">The connection ended before the reply came.</exception>
    /// <exception cref="QmpTimeoutException">No reply came within the timeout.</exception>
    /// <exception cref="QmpProtocolException">The result does not have the shape that the schema describes.</exception>
    /// <exception cref="QmpUsageException">
    /// The command cannot be sent on this connection: its arguments are not JSON, or it needs a capability such as
    /// <c>oob</c> that was not negotiated.
    /// </exception>
    ValueTask<TResult> ExecuteAsync<TArguments, TResult>(
        ClientCommand<TArguments, TResult> command, TArguments arguments, CancellationToken cancellationToken);
}
