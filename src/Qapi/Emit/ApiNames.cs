using Qapi.Model;

namespace Qapi.Emit;

/// <summary>The C# names of what is generated beside types.</summary>
internal sealed class ApiNames
{
    /// <summary>The helper of generated code.</summary>
    public const string Support = "ApiSupport";

    private readonly Dictionary<string, string> _names = [];
    private readonly Dictionary<Command, string> _facade = [];
    private readonly NameScope _scope;
    private readonly NameTable _types;

    public ApiNames(QapiSchema schema, EmitOptions options, NameTable types)
    {
        _types = types;
        IEnumerable<string> taken = options.ApiNamespace == options.Namespace ? types.All : [];
        _scope = new NameScope(taken.Append(Support), "Api");
        foreach (var type in types.All)
            Add(type + "Visitor");
        foreach (var module in schema.Modules.Select(types.Module))
        {
            foreach (var name in (string[])[$"I{module}Commands", $"I{module}OobCommands", $"{module}CommandTable",
                $"{module}Events", $"{module}EventDescriptors", $"{module}Client", $"{module}ClientCommands"])
                Add(name);
        }
        var root = schema.Modules.First(module => module.Path is not null);
        Facade = Add(types.Module(root) + "CommandExtensions");
        var methods = new NameScope(MemberNames.OfObject, "Command");
        foreach (var command in schema.Entities.OfType<Command>())
            _facade.Add(command, methods.Add(CSharpName.Pascal(command.Name)) + "Async");
        Schema = Add(options.SchemaClass ?? types.Module(root) + "Schema");
    }

    /// <summary>The class of introspection.</summary>
    public string Schema { get; }

    /// <summary>The class of all commands as methods of a connection.</summary>
    public string Facade { get; }

    /// <summary>A command among those of all modules.</summary>
    public string FacadeMethod(Command command) => _facade[command];

    /// <summary>The reader and writer of a type.</summary>
    public string Visitor(SchemaType type) => VisitorOf(_types.Type(type));

    /// <inheritdoc cref="Visitor"/>
    public string VisitorOf(string typeName) => _names[typeName + "Visitor"];

    public string Commands(SchemaModule module, bool outOfBand = false) =>
        _names[$"I{_types.Module(module)}{(outOfBand ? "Oob" : "")}Commands"];

    public string CommandTable(SchemaModule module) => _names[_types.Module(module) + "CommandTable"];

    public string Events(SchemaModule module) => _names[_types.Module(module) + "Events"];

    public string EventDescriptors(SchemaModule module) => _names[_types.Module(module) + "EventDescriptors"];

    public string Client(SchemaModule module) => _names[_types.Module(module) + "Client"];

    public string ClientCommands(SchemaModule module) => _names[_types.Module(module) + "ClientCommands"];

    private string Add(string name) => _names[name] = _scope.Add(name);
}
