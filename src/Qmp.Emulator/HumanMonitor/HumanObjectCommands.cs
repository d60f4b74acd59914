using System.Text;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using Qmp.Api;
using Qmp.Emulator.Objects;
using Qmp.Emulator.Recorded;
using Qmp.Protocol.Json;
using Qmp.Protocol.Threading;
using Qmp.Protocol.Visitors;
using Qmp.Server.Dispatch;
using Qmp.Types;

namespace Qmp.Emulator.HumanMonitor;

/// <summary>The commands of the human monitor about the tree of objects.</summary>
internal sealed class HumanObjectCommands
{
    private readonly ObjectTree _tree;
    private readonly IQomCommands _objects;

    public HumanObjectCommands(ObjectTree tree, IQomCommands objects)
    {
        _tree = tree;
        _objects = objects;
        All =
        [
            new(["qom-list"], "path", "list QOM properties", ListAsync),
            new(["qom-get"], "path property", "print QOM property", GetAsync),
            new(["qom-set"], "[-j] path property value", "set QOM property.\n\t\t\t-j: the value is specified in json format.", SetAsync),
        ];
    }

    public IReadOnlyList<HumanCommand> All { get; }

    private async ValueTask<string> ListAsync(HumanArguments arguments)
    {
        string? path = arguments.OptionalText();
        arguments.End();
        if (path is null) return "/\n";
        var text = new StringBuilder();
        foreach (ObjectPropertyInfo property in await _objects.QomListAsync(new QomListArguments { Path = path }, CancellationToken.None).ConfigureAwait(OrderedContext.IsCurrent))
        {
            text.Append($"{property.Name} ({property.Type})\n");
        }

        return text.ToString();
    }

    private async ValueTask<string> GetAsync(HumanArguments arguments)
    {
        string path = arguments.Text();
        string property = arguments.Text();
        arguments.End();
        JToken value = await _objects.QomGetAsync(new QomGetArguments { Path = path, Property = property }, CancellationToken.None).ConfigureAwait(OrderedContext.IsCurrent);
        using var output = new ByteBuffer();
        using var writer = new QmpJsonWriter(output, pretty: true);
        writer.WriteOrdered(value);
        return Encoding.UTF8.GetString(output.Span) + "\n";
    }

    private async ValueTask<string> SetAsync(HumanArguments arguments)
    {
        bool isJson = arguments.Flags("j").Contains('j');
        string path = arguments.Text();
        string property = arguments.Text();
        string text = arguments.Rest();
        JToken value = isJson ? Parse(text) : FromText(_tree.Find(path).Property(property), text);
        await _objects.QomSetAsync(new QomSetArguments { Path = path, Property = property, Value = value }, CancellationToken.None).ConfigureAwait(OrderedContext.IsCurrent);
        return "";
    }

    private static JToken Parse(string text)
    {
        try
        {
            using JsonMessage message = JsonMessage.Parse(Encoding.UTF8.GetBytes(text));
            return message.ToJToken(0);
        }
        catch (JsonReaderException e)
        {
            throw new CommandException(e.Message);
        }
    }

    // A property that cannot be set says so by itself.
    private static JToken FromText(ObjectProperty property, string text)
    {
        if (property.Set is null) return text;
        try
        {
            return PropertyValues.Check(new RecordedProperty(property.Name, property.Type, property.Default, property.Values), text, isText: true);
        }
        catch (VisitorException e) when (e.Message.EndsWith(" expects integer", StringComparison.Ordinal))
        {
            throw new CommandException($"Parameter '{property.Name}' expects {(property.Type.StartsWith('u') ? "uint64" : "int64")}");
        }
    }
}
