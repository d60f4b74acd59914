using Newtonsoft.Json.Linq;
using Qmp.Client.Wire;
using Qmp.Protocol.Threading;

namespace Qmp.Client;

/// <content>Sending commands.</content>
public sealed partial class QmpConnection
{
    /// <inheritdoc/>
    public ValueTask<TResult> ExecuteAsync<TArguments, TResult>(
        ClientCommand<TArguments, TResult> command, TArguments arguments, CancellationToken cancellationToken) =>
        ExecuteAsync(command, arguments, QmpCallOptions.Default, cancellationToken);

    /// <summary>Sends a command of the schema in a certain way.</summary>
    /// <inheritdoc cref="ICommandSender.ExecuteAsync"/>
    public async ValueTask<TResult> ExecuteAsync<TArguments, TResult>(
        ClientCommand<TArguments, TResult> command,
        TArguments arguments,
        QmpCallOptions options,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(command);
        ArgumentNullException.ThrowIfNull(arguments);
        if (options.OutOfBand && !command.AllowOutOfBand)
        {
            throw new QmpUsageException($"{command.Name} cannot be run out of band");
        }

        JToken result = await _sender.CallAsync(
            command.Name, arguments, command.HasArguments ? command.WriteArguments : null, options, cancellationToken)
            .ConfigureAwait(OrderedContext.IsCurrent);
        return Decoder.Read(command.ReadResult, result, command.Name);
    }

    /// <summary>Sends any command, known to the schema or not.</summary>
    /// <param name="command">The wire name.</param>
    /// <param name="arguments">The arguments, or <see langword="null"/> to leave the member out.</param>
    /// <param name="options">How to send it.</param>
    /// <param name="cancellationToken">Abandons the wait.</param>
    /// <returns>The <c>return</c> member.</returns>
    /// <inheritdoc cref="ICommandSender.ExecuteAsync" path="/exception"/>
    public ValueTask<JToken> ExecuteRawAsync(
        string command,
        JObject? arguments = null,
        QmpCallOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(command);
        return _sender.CallAsync(
            command,
            arguments,
            arguments is null ? null : static (visitor, name, value) => visitor.WriteAny(name, value!),
            options ?? QmpCallOptions.Default,
            cancellationToken);
    }

    /// <summary>
    /// Sends a command that ends the server, such as <c>quit</c>, and waits for the end; whether the reply comes first
    /// does not matter.
    /// </summary>
    /// <returns>How the connection ended.</returns>
    /// <exception cref="QmpCommandException">The server refused the command.</exception>
    /// <exception cref="QmpDisconnectedException">The connection had ended before the command was sent.</exception>
    public async Task<QmpDisconnect> ExecuteUntilDisconnectAsync(
        string command, JObject? arguments = null, CancellationToken cancellationToken = default)
    {
        try
        {
            await ExecuteRawAsync(command, arguments, cancellationToken: cancellationToken).ConfigureAwait(OrderedContext.IsCurrent);
        }
        catch (QmpDisconnectedException e) when (e.WasSent)
        {
            // The caller wanted the connection to end.
        }

        return await Completion.WaitAsync(cancellationToken).ConfigureAwait(OrderedContext.IsCurrent);
    }

    /// <summary>A sender for generated proxies that sends every command in a certain way.</summary>
    public ICommandSender With(QmpCallOptions options) => new ConfiguredSender(this, options);

    private sealed class ConfiguredSender(QmpConnection connection, QmpCallOptions options) : ICommandSender
    {
        public ValueTask<TResult> ExecuteAsync<TArguments, TResult>(
            ClientCommand<TArguments, TResult> command, TArguments arguments, CancellationToken cancellationToken) =>
            connection.ExecuteAsync(command, arguments, options, cancellationToken);
    }
}
