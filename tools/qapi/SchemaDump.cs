using Qapi.Model;

namespace Qapi.Tool;

/// <summary>Prints a schema the way QEMU's front-end tests record theirs.</summary>
internal sealed class SchemaDump(TextWriter output)
{
    public void Write(QapiSchema schema)
    {
        foreach (var module in schema.Modules)
        {
            output.Write($"module {module.Name}\n");
            foreach (var item in module.Items)
                WriteItem(item);
        }
        foreach (var doc in schema.Documentation)
            WriteDoc(doc, doc.Symbol is null ? null : schema.Find(doc.Symbol));
    }

    private void WriteItem(ModuleItem item)
    {
        switch (item)
        {
            case SchemaInclude include:
                output.Write($"include {include.Target.Name}\n");
                return;
            case BuiltinType or ArrayType { Origin: null }:
                return;
            case EnumType enumeration:
                WriteEnum(enumeration);
                break;
            case ArrayType array:
                output.Write($"array {array.Name} {array.ElementType.Name}\n");
                break;
            case ObjectType type:
                WriteObject(type);
                break;
            case AlternateType alternate:
                output.Write($"alternate {alternate.Name}\n    tag type\n");
                foreach (var branch in alternate.Branches)
                    WriteBranch(branch, branch.Type);
                break;
            case Command command:
                WriteCommand(command);
                break;
            case Event @event:
                output.Write($"event {@event.Name} {@event.Arguments?.Name ?? "None"}\n    boxed={@event.Boxed}\n");
                break;
        }
        var entity = (SchemaEntity)item;
        WriteCondition(entity.Condition, 4);
        WriteFeatures(entity.Features, 4);
    }

    private void WriteEnum(EnumType enumeration)
    {
        output.Write($"enum {enumeration.Name}\n");
        if (!string.IsNullOrEmpty(enumeration.Prefix))
            output.Write($"    prefix {enumeration.Prefix}\n");
        foreach (var value in enumeration.Values)
        {
            output.Write($"    member {value.Name}\n");
            WriteCondition(value.Condition, 8);
            WriteFeatures(value.Features, 8);
        }
    }

    private void WriteObject(ObjectType type)
    {
        output.Write($"object {type.Name}\n");
        if (type.Base is not null)
            output.Write($"    base {type.Base.Name}\n");
        foreach (var member in type.LocalMembers)
        {
            output.Write($"    member {member.Name}: {member.Type.Name} optional={member.IsOptional}\n");
            WriteCondition(member.Condition, 8);
            WriteFeatures(member.Features, 8);
        }
        if (!type.IsUnion)
            return;
        output.Write($"    tag {type.DiscriminatorName}\n");
        foreach (var branch in type.Branches)
            WriteBranch(branch, branch.Type);
    }

    private void WriteBranch(SchemaMember branch, SchemaType type)
    {
        output.Write($"    case {branch.Name}: {type.Name}\n");
        WriteCondition(branch.Condition, 8);
    }

    private void WriteCommand(Command command)
    {
        var arguments = command.Arguments?.Name ?? "None";
        var returns = command.Returns?.Name ?? "None";
        output.Write($"command {command.Name} {arguments} -> {returns}\n");
        output.Write($"    gen={command.Gen} success_response={command.SuccessResponse} boxed={command.Boxed}"
            + $" oob={command.AllowOob} preconfig={command.AllowPreconfig}"
            + (command.Coroutine ? " coroutine=True\n" : "\n"));
    }

    private void WriteFeatures(IReadOnlyList<Feature> features, int indent)
    {
        foreach (var feature in features)
        {
            output.Write($"{new string(' ', indent)}feature {feature.Name}\n");
            WriteCondition(feature.Condition, indent + 4);
        }
    }

    private void WriteCondition(Condition condition, int indent)
    {
        if (!condition.IsPresent)
            return;
        var text = condition is Condition.Defined defined ? defined.Symbol : Literal(condition);
        output.Write($"{new string(' ', indent)}if {text}\n");
    }

    /// <summary>The condition as a literal of Python.</summary>
    private static string Literal(Condition condition) => condition switch
    {
        Condition.Defined defined => $"'{defined.Symbol}'",
        Condition.Not not => $"{{'not': {Literal(not.Operand)}}}",
        Condition.All all => $"{{'all': [{string.Join(", ", all.Operands.Select(Literal))}]}}",
        Condition.Any any => $"{{'any': [{string.Join(", ", any.Operands.Select(Literal))}]}}",
        _ => throw new InvalidOperationException("unknown condition"),
    };

    private void WriteDoc(DocComment doc, SchemaEntity? entity)
    {
        output.Write(doc.Symbol is null ? "doc freeform\n" : $"doc symbol={doc.Symbol}\n");
        output.Write($"    body=\n{doc.Body.Text}\n");
        foreach (var member in doc.Members)
            output.Write($"    arg={member.Name}\n{member.Text}\n");
        foreach (var member in entity?.DescribedMembers ?? [])
        {
            if (member.Documentation is null)
                output.Write($"    arg={member.Name}\n\n");
        }
        foreach (var feature in doc.Features)
            output.Write($"    feature={feature.Name}\n{feature.Text}\n");
        foreach (var section in doc.Sections)
            output.Write($"    section={section.Kind}\n{section.Text}\n");
    }
}
