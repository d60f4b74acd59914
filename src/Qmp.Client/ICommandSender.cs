namespace Qmp.Client;

/// <summary>Sends commands and waits for their replies. Generated proxies call it.</summary>
public interface ICommandSender
{
    /// <summary>Sends the command and returns its result.</summary>
    /// <exception cref="QmpCommandException">The peer answered with an error.</exception>
    /// <exception cref="QmpDisconnectedException">The connection has ended.</exception>
    /// <exception cref="QmpTimeoutException">There was no reply in time.</exception>
    /// <exception cref="QmpProtocolException">The result does not have the schema's shape.</exception>
    /// <exception cref="QmpUsageException">The command cannot be sent on this connection.</exception>
    ValueTask<TResult> ExecuteAsync<TArguments, TResult>(
        ClientCommand<TArguments, TResult> command, TArguments arguments, CancellationToken cancellationToken);
}
