using System.Text;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using Qmp.Protocol.Json;
using Qmp.Protocol.Messages;
using Qmp.Protocol.Visitors;
using Qmp.Protocol.Visitors.Text;

namespace Qmp.Emulator.Options;

/// <summary>How QEMU reads the argument of an option, which also decides what it says of mistakes.</summary>
internal enum OptionForm
{
    /// <summary>A tree of <c>key.sub=value</c>.</summary>
    Tree,

    /// <summary>A flat list whose keys are the members of a schema type.</summary>
    List,

    /// <summary>A flat list whose keys are held in a table.</summary>
    Table,

    /// <summary>A flat list of an object's properties; the value of the implied key names its type.</summary>
    Properties,
}

/// <summary>How an argument becomes a value of a schema type: the one place where that happens.</summary>
/// <param name="Option">The option, without its dash.</param>
/// <param name="Form">How the argument is written.</param>
/// <param name="Reader">The type's reader.</param>
/// <param name="ImpliedKey">The key of a first item that has none.</param>
internal sealed record OptionSyntax<T>(string Option, OptionForm Form, ValueReader<T> Reader, string? ImpliedKey = null)
{
    /// <summary>What the name of the object's type has behind the value of the implied key.</summary>
    public string TypeSuffix { get; init; } = "";

    /// <summary>Whether the argument may also be a JSON object.</summary>
    public bool TakesJson { get; init; }

    /// <summary>
    /// What is checked before the argument is read, with a look-up of its items by key; <see langword="null"/> for
    /// nothing.
    /// </summary>
    public Action<Func<string, string?>>? Check { get; init; }

    /// <summary>Reads an argument.</summary>
    /// <param name="text">The argument.</param>
    /// <param name="parser">The command line that it stands on.</param>
    /// <exception cref="CommandLineException">The argument is malformed, or it does not fit the type.</exception>
    public OptionValue<T> Read(string text, CommandLineParser parser)
    {
        try
        {
            return new OptionValue<T>(Option, text, Reader(Visitor(text, parser), null));
        }
        catch (Exception e) when (e is VisitorException or JsonException)
        {
            throw CommandLineException.At(Option, text, e.Message);
        }
    }

    /// <summary>Reads items that do not come from the argument alone.</summary>
    /// <param name="options">The items.</param>
    /// <param name="policy">What is accepted.</param>
    /// <exception cref="VisitorException">The items do not fit the type.</exception>
    public T Read(OptionList options, CompatPolicy policy) => Reader(Visitor(options, policy), null);

    private InputVisitor Visitor(string text, CommandLineParser parser)
    {
        if (TakesJson && text.StartsWith('{')) return JsonVisitor(text, parser.Policy);
        return Form == OptionForm.Tree
            ? new KeyvalInputVisitor(KeyvalParser.Parse(text, ImpliedKey), parser.Policy)
            : Visitor(OptionList.Parse(text, ImpliedKey, warning => parser.Warn($"-{Option} {text}: {warning}")), parser.Policy);
    }

    private InputVisitor Visitor(OptionList options, CompatPolicy policy)
    {
        Check?.Invoke(key => options[key]);
        return Form switch
        {
            OptionForm.Table => new OptionTableInputVisitor(options, policy),
            OptionForm.Properties => new KeyvalInputVisitor(Members(options), policy) { PropertiesOf = options[ImpliedKey!] + TypeSuffix },
            _ => new OptionListInputVisitor(options, policy),
        };
    }

    private JsonInputVisitor JsonVisitor(string text, CompatPolicy policy)
    {
        using var reader = new QmpJsonReader(Encoding.UTF8.GetBytes(text));
        JObject members = JObject.Load(reader);
        Check?.Invoke(Item);
        var visitor = new JsonInputVisitor(policy: policy) { PropertiesOf = Form == OptionForm.Properties ? Item(ImpliedKey!) : null };
        visitor.Reset(members);
        return visitor;

        string? Item(string key) => (members[key] as JValue)?.Value as string;
    }

    private static JObject Members(OptionList options)
    {
        var members = new JObject();
        foreach ((string key, string value) in options.Items) members[key] = value;
        if (options.Id is not null) members["id"] = options.Id;
        return members;
    }
}
