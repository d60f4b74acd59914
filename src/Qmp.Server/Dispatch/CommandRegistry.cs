using System.Collections.Frozen;
using Newtonsoft.Json;

namespace Qmp.Server.Dispatch;

/// <summary>The commands that a server offers, each with the object that implements it.</summary>
/// <remarks>Immutable and shared by all sessions of a server.</remarks>
public sealed class CommandRegistry
{
    private readonly FrozenDictionary<string, RegisteredCommand> _byName;
    private readonly CommandTable _byAscii;

    private CommandRegistry(IReadOnlyList<RegisteredCommand> commands)
    {
        Commands = commands;
        _byName = commands.ToFrozenDictionary(c => c.Descriptor.Name, StringComparer.Ordinal);
        _byAscii = new CommandTable(commands);
    }

    /// <summary>All commands in the order of registration.</summary>
    public IReadOnlyList<RegisteredCommand> Commands { get; }

    /// <summary>The command of that name, or <see langword="null"/>.</summary>
    public RegisteredCommand? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>The command whose name is this plain ASCII, or <see langword="null"/>.</summary>
    internal RegisteredCommand? Find(ReadOnlySpan<byte> name) => _byAscii.Find(name);

    /// <summary>Collects the modules of a server.</summary>
    public sealed class Builder
    {
        private readonly List<RegisteredCommand> _commands = [];

        /// <summary>Adds commands that share one implementation object.</summary>
        public Builder Add(IEnumerable<CommandDescriptor> commands, object target) => Add(commands, _ => target);

        /// <summary>Adds commands whose implementation differs from session to session.</summary>
        public Builder Add(IEnumerable<CommandDescriptor> commands, Func<IMonitorSession, object> target)
        {
            foreach (CommandDescriptor command in commands) _commands.Add(new RegisteredCommand(command, target));
            return this;
        }

        /// <summary>
        /// Adds what every QMP server has, for schemas that do not have it themselves: <c>qmp_capabilities</c>,
        /// <c>query-commands</c> and <c>query-qmp-schema</c>.
        /// </summary>
        /// <param name="schema">The answer to <c>query-qmp-schema</c>, which is generated: <c>MySchema.Json</c>.</param>
        /// <exception cref="JsonException">That is not JSON.</exception>
        public Builder AddProtocol(ReadOnlySpan<byte> schema)
        {
            Add([ProtocolCommands.Negotiate], session => session);
            return Add([ProtocolCommands.QuerySchema(schema), ProtocolCommands.QueryCommands(_commands)], _commands);
        }

        /// <summary>The registry of what was added.</summary>
        public CommandRegistry Build() => new([.. _commands]);
    }
}
