using Newtonsoft.Json.Linq;
using Qmp.Protocol.Json;
using Qmp.Protocol.Visitors;

namespace Qmp.Server.Dispatch;

/// <summary>The commands that every QMP server has, whatever its schema is about.</summary>
internal static class ProtocolCommands
{
    /// <summary>Negotiation; its target is the session.</summary>
    public static CommandDescriptor Negotiate { get; } = new(
        "qmp_capabilities", CommandOptions.AllowPreconfig, SpecialFeatures.None, (session, arguments, _) =>
        {
            bool outOfBand = false;
            arguments.StartStruct(null);
            if (arguments.HasMember("enable"))
            {
                arguments.StartList("enable");
                while (arguments.NextElement())
                {
                    string capability = arguments.ReadString(null);
                    if (capability != "oob") throw new CommandException($"Parameter 'enable[0]' does not accept value '{capability}'");
                    outOfBand = true;
                }

                arguments.EndList();
            }

            arguments.EndStruct();
            ((IMonitorSession)session).CompleteNegotiation(outOfBand);
            return default;
        });

    /// <summary>Introspection: names and types as <paramref name="schema"/> has them.</summary>
    public static CommandDescriptor QuerySchema(ReadOnlySpan<byte> schema)
    {
        using var reader = new QmpJsonReader(schema);
        JToken list = JToken.Load(reader);
        return Query("query-qmp-schema", () => list);
    }

    /// <summary>The names of commands.</summary>
    public static CommandDescriptor QueryCommands(IEnumerable<RegisteredCommand> commands) => Query(
        "query-commands", () => new JArray(commands.Select(c => new JObject { ["name"] = c.Descriptor.Name })));

    private static CommandDescriptor Query(string name, Func<JToken> answer) => new(
        name, CommandOptions.AllowPreconfig, SpecialFeatures.None, (_, arguments, _) =>
        {
            arguments.StartStruct(null);
            arguments.EndStruct();
            return new(new CommandResult(answer(), static (visitor, member, value) => visitor.WriteAny(member, (JToken)value)));
        });
}
