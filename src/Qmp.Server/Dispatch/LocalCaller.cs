using Newtonsoft.Json.Linq;
using Qmp.Protocol.Json;
using Qmp.Protocol.Messages;
using Qmp.Protocol.Visitors;

namespace Qmp.Server.Dispatch;

/// <summary>
/// Runs commands for code of the same process: the commands, arguments and errors that a client would have, without a
/// connection.
/// </summary>
/// <remarks>It takes no loop: whoever calls holds it where the command wants that. One call at a time.</remarks>
public sealed class LocalCaller : IMonitorSession
{
    private readonly CommandRegistry _commands;
    private readonly CompatPolicy _policy;
    private readonly Func<Exception, QmpError?> _mapException;
    private readonly JsonInputVisitor _arguments;

    /// <summary>A caller of these commands.</summary>
    /// <param name="commands">The commands.</param>
    /// <param name="policy">What is refused and hidden.</param>
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
    /// <exception cref="CommandException">There is none of that name, or the policy refuses it.</exception>
    public RegisteredCommand Find(string name)
    {
        RegisteredCommand command = _commands.Find(name)
            ?? throw new CommandException(QmpError.NotFound($"The command {name} has not been found"));
        CommandDescriptor descriptor = command.Descriptor;
        return _policy.Refuses(descriptor.Features, "command", descriptor.Name) is { } reason
            ? throw new CommandException(QmpError.NotFound(reason))
            : command;
    }

    /// <summary>Runs a command.</summary>
    /// <returns>Its result.</returns>
    /// <exception cref="CommandException">It was refused.</exception>
    public async ValueTask<JToken> ExecuteAsync(RegisteredCommand command, JObject? arguments)
    {
        try
        {
            _arguments.Reset(arguments);

            // Not on another thread: the caller may be an activity of a timeline.
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
