using Qmp.Protocol.Threading;

namespace Qmp.Client;

/// <summary>Sending commands of a schema.</summary>
public static class CommandSenderExtensions
{
    /// <summary>Sends a command whose result holds nothing. Generated code calls it.</summary>
    /// <inheritdoc cref="ICommandSender.ExecuteAsync"/>
    public static async ValueTask SendAsync<TArguments, TResult>(
        this ICommandSender sender,
        ClientCommand<TArguments, TResult> command,
        TArguments arguments,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(sender);
        await sender.ExecuteAsync(command, arguments, cancellationToken).ConfigureAwait(OrderedContext.IsCurrent);
    }
}
