namespace Qmp.Client;

/// <summary>Sends commands and waits for their replies. Generated proxies call it.</summary>
public interface ICommandSender
{
    /// <summary>Sends the command and returns its result.</summary>
    /// <exception cref="QmpCommandException">The peer answered with an error.</exception>
    ValueTask<TResult> ExecuteAsync<TArguments, TResult>(
        ClientCommand<TArguments, TResult> command, TArguments arguments, CancellationToken cancellationToken);
}
