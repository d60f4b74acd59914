using Qmp.StreamJsonRpc.Values;
using StreamJsonRpc;

namespace Qmp.StreamJsonRpc;

/// <summary>Makes a <see cref="JsonRpc"/> that speaks QMP.</summary>
public static class QmpJsonRpc
{
    /// <summary>Connects to a QMP server, negotiates and listens.</summary>
    /// <param name="stream">A connected duplex stream; disposed together with the result, and on failure.</param>
    /// <param name="options">Options; the defaults if absent.</param>
    /// <param name="eventTarget">
    /// Its public methods take events, by name: <c>BlockJobCompleted</c> takes <c>BLOCK_JOB_COMPLETED</c>, and so does
    /// a method with that name in a <see cref="JsonRpcMethodAttribute"/>.
    /// </param>
    /// <param name="cancellationToken">Gives up connecting.</param>
    public static async Task<JsonRpc> ConnectAsync(
        Stream stream, QmpHandlerOptions? options = null, object? eventTarget = null,
        CancellationToken cancellationToken = default)
    {
        QmpMessageHandler handler =
            await QmpMessageHandler.ConnectAsync(stream, options, cancellationToken).ConfigureAwait(false);
        return Listen(handler, eventTarget);
    }

    /// <summary>Connects to the Unix socket of a QMP server, negotiates and listens.</summary>
    /// <param name="path">The socket.</param>
    /// <param name="options">Options; the defaults if absent.</param>
    /// <param name="eventTarget">As of <see cref="ConnectAsync"/>.</param>
    /// <param name="cancellationToken">Gives up connecting.</param>
    public static async Task<JsonRpc> ConnectUnixAsync(
        string path, QmpHandlerOptions? options = null, object? eventTarget = null,
        CancellationToken cancellationToken = default)
    {
        QmpMessageHandler handler =
            await QmpMessageHandler.ConnectUnixAsync(path, options, cancellationToken).ConfigureAwait(false);
        return Listen(handler, eventTarget);
    }

    /// <summary>
    /// Makes a proxy whose methods have the arguments as parameters. <c>SetLinkAsync</c> is <c>set-link</c> and
    /// <c>maxBandwidth</c> is <c>max-bandwidth</c>, unless attributes name them. Interfaces that
    /// <c>Qapi.Generators</c> wrote need no such help: <c>Attach</c> does.
    /// </summary>
    public static T AttachQmp<T>(this JsonRpc rpc)
        where T : class =>
        rpc.Attach<T>(new JsonRpcProxyOptions
        {
            ServerRequiresNamedArguments = true,
            MethodNameTransform = WireNames.Command,
            ParameterNameTransform = WireNames.Member,
        });

    /// <summary>Serves one QMP client.</summary>
    /// <param name="stream">The connection; disposed together with the result.</param>
    /// <param name="target">
    /// Its public methods are the commands, with the names that <see cref="AttachQmp{T}"/> gives them. Events are
    /// raised by <c>NotifyWithParameterObjectAsync</c>.
    /// </param>
    /// <param name="options">Options.</param>
    public static JsonRpc Serve(Stream stream, object target, QmpServerHandlerOptions options)
    {
        var rpc = new JsonRpc(new QmpServerMessageHandler(stream, options));
        rpc.AddLocalRpcTarget(target, TargetOptions(WireNames.Command));
        rpc.StartListening();
        return rpc;
    }

    private static JsonRpc Listen(QmpMessageHandler handler, object? eventTarget)
    {
        var rpc = new JsonRpc(handler);
        if (eventTarget is not null) rpc.AddLocalRpcTarget(eventTarget, TargetOptions(WireNames.Event));
        rpc.StartListening();
        return rpc;
    }

    private static JsonRpcTargetOptions TargetOptions(Func<string, string> methodName) => new()
    {
        MethodNameTransform = methodName,
        ParameterNameTransform = WireNames.Member,
        // They would go out with positional arguments.
        NotifyClientOfEvents = false,
    };
}
