using Newtonsoft.Json.Linq;
using Qmp.Emulator.Recorded;
using Qmp.Protocol.Visitors;
using Qmp.Server.Dispatch;

namespace Qmp.Emulator.Machines;

/// <summary>CPU models, spelled out. Texts are QEMU's.</summary>
/// <param name="recorded">What QEMU said of them.</param>
internal sealed class ProcessorModels(RecordedCatalogue recorded)
{
    /// <summary>The features behind the model in the argument of <c>-cpu</c>: <c>+name</c>, <c>-name</c>, <c>name=value</c>.</summary>
    public static JObject Features(string argument)
    {
        var features = new JObject();
        foreach (string word in argument.Split(',').Skip(1).Where(w => w.Length > 0))
        {
            if (word[0] is '+' or '-')
            {
                features[word[1..]] = word[0] == '+';
                continue;
            }

            int equals = word.IndexOf('=', StringComparison.Ordinal);
            string value = equals < 0 ? "on" : word[(equals + 1)..];
            features[equals < 0 ? word : word[..equals]] = value switch
            {
                "on" => true,
                "off" => false,
                _ => value,
            };
        }

        return features;
    }

    /// <summary>All properties of a model, those that were given included.</summary>
    public JObject Properties(string model, JObject given) =>
        Expand("full", model) is { } found && found["error"] is null ? Merge("full", found, given) : given;

    /// <summary>A model spelled out, as <c>query-cpu-model-expansion</c> answers.</summary>
    /// <param name="kind">How: <c>static</c> or <c>full</c>.</param>
    /// <param name="model">The model.</param>
    /// <param name="given">Properties that differ from those of the model.</param>
    /// <returns>Name and properties of the answer.</returns>
    /// <exception cref="CommandException">There is no such model, or the host cannot have it.</exception>
    public (string Name, JObject Properties) Expand(string kind, string model, JObject given)
    {
        JToken found = Expand(kind, model) ?? throw new CommandException($"CPU model '{model}' not found");
        if (found["error"] is { } error) throw new CommandException((string)error!);
        RecordedType? type = recorded.Types.Find(model + "-x86_64-cpu");
        foreach (JProperty property in given.Properties())
        {
            RecordedProperty known = type?.ObjectProperties?.FirstOrDefault(p => p.Name == property.Name)
                ?? throw new CommandException($"Property '{model}-x86_64-cpu.{property.Name}' not found");
            Check(known, property.Value);
        }

        return ((string)found["name"]!, Merge(kind, found, given));
    }

    private JToken? Expand(string kind, string model) => recorded.ProcessorModels[kind]!["models"]![model];

    private static void Check(RecordedProperty property, JToken value)
    {
        string path = $"model.props.{property.Name}";
        bool fits = property.Type switch
        {
            "bool" => value.Type == JTokenType.Boolean,
            "string" or "str" => value.Type == JTokenType.String,
            "int" or "uint32" or "uint64" or "uint8" or "int32" or "uint16" => value.Type == JTokenType.Integer,
            _ => true,
        };
        if (fits) return;
        string expected = property.Type switch
        {
            "bool" => "boolean",
            "string" or "str" => "string",
            "int" or "int32" => "integer",
            _ => throw new VisitorException($"Parameter '{path}' expects uint64"),
        };
        throw new VisitorException($"Invalid parameter type for '{path}', expected: {expected}");
    }

    private JObject Merge(string kind, JToken model, JObject given)
    {
        var properties = (JObject)recorded.ProcessorModels[kind]!["reference"]!.DeepClone();
        foreach (JToken lacking in model["lacks"]!) properties.Remove((string)lacking!);
        foreach (JProperty own in ((JObject)model["props"]!).Properties()) properties[own.Name] = own.Value.DeepClone();
        foreach (JProperty own in given.Properties()) properties[own.Name] = own.Value.DeepClone();
        return properties;
    }
}
