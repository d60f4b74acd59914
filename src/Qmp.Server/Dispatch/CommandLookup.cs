using Qmp.Protocol.Json;
using Qmp.Protocol.Messages;
using Qmp.Protocol.Visitors;

namespace Qmp.Server.Dispatch;

/// <summary>Finds the command of a request and decides whether it may run, in QEMU's order of checks.</summary>
internal sealed class CommandLookup(CommandRegistry registry, CompatPolicy policy, Func<bool> isPreconfig)
{
    /// <summary>Finds the command.</summary>
    /// <param name="message">The request.</param>
    /// <param name="envelope">Its members; without an error.</param>
    /// <param name="negotiated">Whether the session has left capabilities negotiation.</param>
    /// <param name="command">The command, if there is no error.</param>
    /// <returns>Why it may not run, or <see langword="null"/>.</returns>
    public QmpError? Find(
        JsonMessage message, in RequestEnvelope envelope, bool negotiated, out RegisteredCommand? command)
    {
        command = null;
        if (!negotiated && !message.StringEquals(envelope.Command, "qmp_capabilities"u8)) return NotNegotiated;
        command = message.IsPlain(envelope.Command)
            ? registry.Find(message.RawAt(envelope.Command)[1..^1])
            : registry.Find(message.StringAt(envelope.Command));
        if (command is null || policy.Lacks(command.Descriptor.Features))
        {
            return QmpError.NotFound($"The command {message.StringAt(envelope.Command)} has not been found");
        }

        CommandDescriptor descriptor = command.Descriptor;
        if (policy.Refuses(descriptor.Features, "command", descriptor.Name) is { } reason)
        {
            return negotiated ? QmpError.NotFound(reason) : NotNegotiated;
        }

        if (envelope.OutOfBand && !descriptor.Options.HasFlag(CommandOptions.AllowOutOfBand))
        {
            return QmpError.Generic($"The command {descriptor.Name} does not support OOB");
        }

        if (!descriptor.Options.HasFlag(CommandOptions.AllowPreconfig) && isPreconfig())
        {
            return QmpError.Generic(
                $"The command '{descriptor.Name}' is permitted only after machine initialization has completed");
        }

        return null;
    }

    /// <summary>What every unknown command gets before negotiation is complete.</summary>
    public static QmpError NotNegotiated { get; } =
        QmpError.NotFound("Expecting capabilities negotiation with 'qmp_capabilities'");
}
