using System.Text;
using Qapi.Model;

namespace Qapi.Tool.Documentation;

/// <summary>Writes what there is to know of one command, event or type.</summary>
internal sealed class ReferenceEntry(StringBuilder body, ReferenceText text)
{
    public void Write(SchemaEntity entity)
    {
        body.Append($"<h2 id=\"{ReferenceText.Escape(ReferenceText.Anchor(entity))}\"><code>{ReferenceText.Escape(entity.Name)}</code>");
        body.Append($"<span class=\"kind\">{Kind(entity)}</span>");
        if (entity.Documentation?.Since is { } since)
            body.Append($"<span class=\"since\">since {ReferenceText.Escape(since.Text)}</span>");
        body.Append(Flags(entity.Condition, entity.Features)).Append("</h2>\n");
        body.Append(text.Paragraphs(entity.Documentation?.Body));
        foreach (var section in (entity.Documentation?.Sections ?? []).Where(section => section.Kind == DocSectionKind.Plain))
            body.Append(text.Paragraphs(section));
        switch (entity)
        {
            case Command command:
                Members("Arguments", command.Arguments);
                Result(command);
                break;
            case Event @event:
                Members("Data", @event.Arguments);
                break;
            case ObjectType type:
                Members("Members", type, isWhole: true);
                break;
            case EnumType values:
                Table("Values", values.Values.Select(value => (SchemaMember)value));
                break;
            case AlternateType alternate:
                Table("One of", alternate.Branches);
                break;
        }
        if (entity.Documentation?.Errors is { } errors)
            body.Append("<h3>Errors</h3>\n").Append(text.Paragraphs(errors));
        foreach (var feature in entity.Features.Where(feature => feature.Documentation is not null))
            body.Append($"<h3>Feature <code>{ReferenceText.Escape(feature.Name)}</code></h3>\n").Append(text.Paragraphs(feature.Documentation));
    }

    private static string Kind(SchemaEntity entity) => entity switch
    {
        Command { AllowOob: true } => "command, may run out of band",
        Command => "command",
        Event => "event",
        EnumType => "enumeration",
        AlternateType => "alternate",
        ObjectType { IsUnion: true } => "union",
        _ => "structure",
    };

    private static string Flags(Condition condition, IEnumerable<Feature> features)
    {
        var flags = new StringBuilder();
        foreach (var feature in features)
            flags.Append($"<span class=\"flag\">{ReferenceText.Escape(feature.Name)}</span>");
        if (condition.IsPresent)
            flags.Append($"<span class=\"flag\">if {ReferenceText.Escape(ConditionText(condition))}</span>");
        return flags.ToString();
    }

    private static string ConditionText(Condition condition) => condition switch
    {
        Condition.Defined defined => defined.Symbol,
        Condition.Not not => $"not {ConditionText(not.Operand)}",
        Condition.All all => string.Join(" and ", all.Operands.Select(ConditionText)),
        Condition.Any any => $"({string.Join(" or ", any.Operands.Select(ConditionText))})",
        _ => "",
    };

    private void Result(Command command)
    {
        var returns = command.Documentation?.Returns;
        if (command.Returns is not { } type || (returns is null && type is ObjectType { Name: ObjectType.EmptyName }))
            return;
        body.Append("<h3>Returns</h3>\n<p>").Append(text.TypeName(type)).Append("</p>\n");
        body.Append(text.Paragraphs(returns));
    }

    private void Members(string heading, ObjectType? type, bool isWhole = false)
    {
        if (type is null || type is { Name: ObjectType.EmptyName })
            return;
        if (!isWhole && ReferenceText.IsShown(type))
        {
            body.Append($"<h3>{heading}</h3>\n<p>the members of {text.TypeName(type)}</p>\n");
            return;
        }
        if (type.Base is { IsImplicit: false } parent)
            body.Append($"<p>The members of {text.TypeName(parent)}, and:</p>\n");
        Table(heading, type.Base is { IsImplicit: true } inline ? inline.Members.Concat(type.LocalMembers) : type.LocalMembers);
        var branches = type.Branches.Where(branch => !branch.IsImplied).ToList();
        if (branches.Count == 0)
            return;
        body.Append($"<h3>Depending on <code>{ReferenceText.Escape(type.DiscriminatorName!)}</code></h3>\n<table>\n");
        foreach (var branch in branches)
            body.Append($"<tr><td><code>{ReferenceText.Escape(branch.Name)}</code>{Flags(branch.Condition, [])}</td><td>the members of {text.TypeName(branch.Type)}</td></tr>\n");
        body.Append("</table>\n");
    }

    private void Table(string heading, IEnumerable<SchemaMember> members)
    {
        var rows = members.ToList();
        if (rows.Count == 0)
            return;
        body.Append($"<h3>{heading}</h3>\n<table>\n");
        foreach (var member in rows)
        {
            body.Append($"<tr><td><code>{ReferenceText.Escape(member.Name)}</code>{Flags(member.Condition, member.Features)}</td>");
            switch (member)
            {
                case ObjectMember field:
                    body.Append($"<td>{text.TypeName(field.Type)}{(field.IsOptional ? ", optional" : "")}</td>");
                    break;
                case AlternateBranch branch:
                    body.Append($"<td>{text.TypeName(branch.Type)}</td>");
                    break;
            }
            body.Append($"<td>{text.Paragraphs(member.Documentation)}</td></tr>\n");
        }
        body.Append("</table>\n");
    }
}
