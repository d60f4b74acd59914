using Newtonsoft.Json.Linq;
using Qmp.Protocol.Messages;

namespace Qmp.StreamJsonRpc.Server;

/// <summary>A client's way from the greeting to the first command (qmp-spec, "Capabilities Negotiation").</summary>
internal sealed class Negotiation
{
    public const string Command = "qmp_capabilities";

    private static readonly string[] Known = ["oob"];

    /// <summary>Whether commands may run and events be sent.</summary>
    public bool IsDone { get; private set; }

    /// <summary>Runs <c>qmp_capabilities</c>.</summary>
    /// <returns>What is wrong, or <see langword="null"/>. Arguments come before the mode, as in QEMU.</returns>
    public QmpError? Run(JObject? arguments)
    {
        string? wrong = arguments is null ? null : Check(arguments);
        if (wrong is not null) return QmpError.Generic(wrong);
        if (IsDone) return QmpError.NotFound("Capabilities negotiation is already complete, command ignored");
        if (arguments?["enable"] is JArray { Count: > 0 }) return QmpError.Generic("Capability oob not available");
        IsDone = true;
        return null;
    }

    private static string? Check(JObject arguments)
    {
        JToken? enable = arguments["enable"];
        if (enable is not null and not JArray) return "Invalid parameter type for 'enable', expected: array";
        int index = 0;
        foreach (JToken capability in enable ?? new JArray())
        {
            if (capability.Type != JTokenType.String)
            {
                return $"Invalid parameter type for 'enable[{index}]', expected: string";
            }

            string name = (string)capability!;
            if (!Known.Contains(name)) return $"Parameter 'null' does not accept value '{name}'";
            index++;
        }

        JProperty? other = arguments.Properties().FirstOrDefault(p => p.Name != "enable");
        return other is null ? null : $"Parameter '{other.Name}' is unexpected";
    }
}
