using Newtonsoft.Json.Linq;
using Qmp.Protocol.Json;
using Qmp.Protocol.Messages;
using Qmp.Protocol.Visitors;

namespace Qmp.Server.Dispatch;

/// <summary>
/// Runs commands for code of the same process: the commands, arguments and errors that a client would have, without a
/// connection.
/// </summary>
/// <remarks>
/// It does not take the machine's lock: the caller holds it where the command needs it. One call at a time.
/// </remarks>
public sealed class LocalCaller : IMonitorSession
{
    private readonly CommandRegistry _commands;
    private readonly CompatPolicy _policy;
    private readonly Func<Exception, QmpError?> _mapException;
    private readonly JsonInputVisitor _arguments;

    /// <summary>A caller of these commands.</summary>
    /// <param name="commands">The commands.</param>
    /// <param name="policy">The compat policy: which commands and members are refused, and which are hidden.</param>
    /// <param name="mapException">Makes errors of what the implementations throw.</param>
    public LocalCaller(CommandRegistry commands, CompatPolicy policy, Func<Exception, QmpError?> mapException)
    {
        _commands = commands;
        _policy = policy;
        _mapException = mapException;
        _arguments = new JsonInputVisitor(policy: policy);
    }

    /// <inheritdoc/>
    public string MonitorId => "local";

    /// <inheritdoc/>
    public IDictionary<Type, object> Items { get; } = new Dictionary<Type, object>();

    /// <summary>Finds a command.</summary>
    /// <exception cref="CommandException">No command has that name, or the compat policy refuses it.</exception>
    public RegisteredCommand Find(string name)
    {
        RegisteredCommand? command = _commands.Find(name);
        if (command is null || _policy.Lacks(command.Descriptor.Features))
        {
            throw new CommandException(QmpError.NotFound($"The command {name} has not been found"));
        }

        CommandDescriptor descriptor = command.Descriptor;
        return _policy.Refuses(descriptor.Features, "command", descriptor.Name) is { } reason
            ? throw new CommandException(QmpError.NotFound(reason))
            : command;
    }

    /// <summary>Runs a command.</summary>
    /// <returns>Its result.</returns>
    /// <exception cref="CommandException">The arguments do not fit, or the command failed.</exception>
    public async ValueTask<JToken> ExecuteAsync(RegisteredCommand command, JObject? arguments)
    {
        try
        {
            _arguments.Reset(arguments);

            // No ConfigureAwait(false): the caller may run on a timeline, which has a thread of its own.
            CommandResult result = await command.Descriptor.Invoke(command.Target(this), _arguments, default);
            using var output = new ByteBuffer();
            result.Write(new JsonOutputVisitor(output, policy: _policy), []);
            using var reader = new QmpJsonReader(output.Span);
            return JToken.Load(reader);
        }
        catch (VisitorException e)
        {
            throw new CommandException(e.Message);
        }
        catch (Exception e) when (_mapException(e) is { } error)
        {
            throw new CommandException(error);
        }
    }

    /// <inheritdoc/>
    public void CompleteNegotiation(bool outOfBand)
    {
        // There is none to complete.
    }

    /// <inheritdoc/>
    public int TakeDescriptor() => -1;
}
