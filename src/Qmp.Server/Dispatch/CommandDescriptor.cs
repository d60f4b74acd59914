using Qmp.Protocol.Visitors;

namespace Qmp.Server.Dispatch;

/// <summary>Reads the arguments, runs the command on <paramref name="target"/>, hands back the result.</summary>
/// <param name="target">The implementation of the module's command interface.</param>
/// <param name="arguments">Positioned before the arguments object.</param>
/// <param name="cancellationToken">Fires when the session that asked is gone.</param>
public delegate ValueTask<CommandResult> CommandInvoker(
    object target, InputVisitor arguments, CancellationToken cancellationToken);

/// <summary>One command of a schema, as generated.</summary>
/// <param name="Name">The wire name.</param>
/// <param name="Options">How it may be run.</param>
/// <param name="Features">Special features, for the compat policy.</param>
/// <param name="Invoke">The generated marshaller.</param>
public sealed record CommandDescriptor(
    string Name, CommandOptions Options, SpecialFeatures Features, CommandInvoker Invoke);
