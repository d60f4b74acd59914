using Qapi.Model;
using Qmp.Protocol.Json;

namespace Qapi.Emit;

/// <summary>Code that reads and writes the members of objects.</summary>
internal sealed class MemberCode(SourceWriter writer, EmitContext context)
{
    private readonly ValueCode _values = new(context);

    /// <summary>An expression that reads a member, or null where an optional one is absent.</summary>
    public string Read(ObjectMember member)
    {
        var name = CSharpLiteral.Text(member.Name);
        var features = context.SpecialFeatures(member);
        var isSpecial = features != EmitContext.NoSpecialFeatures;
        if (member.IsOptional)
        {
            var has = isSpecial ? $"visitor.HasMember({name}, {features})" : $"visitor.HasMember({name})";
            return $"{has} ? {_values.ReadMember(member.Type, "visitor", name)} : null";
        }
        if (context.IsConditional(member))
            return $"visitor.MayOmit({name}, {features}) ? null : {_values.ReadMember(member.Type, "visitor", name)}";
        var visitor = isSpecial ? $"{ApiNames.Support}.Checked(visitor, {name}, {features})" : "visitor";
        return _values.ReadMember(member.Type, visitor, name);
    }

    /// <summary>Writes an object: its members, given in the order of the schema, in that of QEMU's output.</summary>
    public void Write(IReadOnlyList<MemberSlot> slots, string extension)
    {
        var locals = new NameScope([], "");
        writer.Line($"visitor.StartStruct(name, {extension});");
        foreach (var index in QDictOrder.Sort([.. slots.Select(slot => slot.Member.Name)]))
            Write(slots[index], extension, locals);
        writer.Line("visitor.EndStruct();");
    }

    private void Write(MemberSlot slot, string extension, NameScope locals)
    {
        var member = slot.Member;
        var name = CSharpLiteral.Utf8(member.Name);
        var tests = new List<string>();
        var features = context.SpecialFeatures(member);
        if (features != EmitContext.NoSpecialFeatures)
            tests.Add($"!visitor.Hides({features})");
        if (slot.TagText is null && member.Type is EnumType or ArrayType { ElementType: EnumType })
            tests.Add($"!{ApiNames.Support}.Keeps({extension}, {CSharpLiteral.Text(member.Name)})");
        var value = slot.Value;
        if (context.IsOptional(member))
        {
            var local = locals.Add("the" + CSharpName.Pascal(member.Name));
            tests.Add($"{value} is {{ }} {local}");
            value = local;
        }
        var statement = slot.TagText is null
            ? _values.Write(member.Type, "visitor", name, value)
            : $"visitor.WriteEnum({name}, {slot.TagText});";
        if (tests.Count > 0)
        {
            writer.Line($"if ({string.Join(" && ", tests)})");
            statement = "    " + statement;
        }
        writer.Line(statement);
    }
}
