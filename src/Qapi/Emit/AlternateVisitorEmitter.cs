using Qapi.Model;

namespace Qapi.Emit;

/// <summary>Writes the reader and writer of an alternate: the form of the JSON value chooses the branch.</summary>
internal sealed class AlternateVisitorEmitter(SourceWriter writer, EmitContext context)
{
    private readonly ValueCode _values = new(context);

    public void Write(AlternateType type)
    {
        var name = CSharpType.Qualified(context.Types.Type(type));
        var branches = context.BranchesOf(type);
        VisitorFrame.Open(writer, context.Api.Visitor(type), name);
        VisitorFrame.ReadDoc(writer);
        writer.Open(VisitorFrame.ReadHeader(name));
        writer.Open("switch (visitor.PeekAlternate(name))");
        foreach (var branch in branches)
        {
            writer.Line($"case visitors::JsonKind.{branch.Type.Kind}:");
            writer.Indent();
            Read(name, context.Members.Branch(type, branch), branch.Type);
            writer.Outdent();
        }
        writer.Line("default:");
        writer.Line($"    throw visitor.NoBranch(name, {CSharpLiteral.Text(type.Name)});");
        writer.Close();
        writer.Close();
        writer.Gap();

        VisitorFrame.WriteDoc(writer);
        writer.Open(VisitorFrame.WriteHeader(name));
        writer.Open("switch (value)");
        foreach (var branch in branches)
        {
            var isNull = branch.Type is BuiltinType { Name: "null" };
            Write($"{name}.{context.Members.Branch(type, branch)}{(isNull ? "" : " branch")}",
                _values.Write(branch.Type, "visitor", "name", $"branch.{MemberNames.Value}"));
        }
        if (branches.Any(branch => branch.Type is EnumType))
        {
            Write($"{name}.{MemberNames.Unrecognized} branch",
                $"visitor.WriteEnum(name, branch.{MemberNames.WireName});");
        }
        VisitorFrame.NoBranch(writer);
        writer.Close();
        writer.Close();
        writer.Close();
    }

    private void Read(string name, string branch, SchemaType type)
    {
        switch (type)
        {
            case BuiltinType { Name: "null" }:
                writer.Line("visitor.ReadNull(name);");
                writer.Line($"return new {name}.{branch}();");
                break;
            case EnumType:
                writer.Line($"var text = {_values.Read(type, "visitor", "name")};");
                writer.Line($"return text == {_values.Types.Of(type)}.{MemberNames.Unrecognized}");
                writer.Line($"    ? new {name}.{MemberNames.Unrecognized}(visitor.ReadString(name))");
                writer.Line($"    : new {name}.{branch}(text);");
                break;
            default:
                writer.Line($"return new {name}.{branch}({_values.Read(type, "visitor", "name")});");
                break;
        }
    }

    private void Write(string pattern, string statement)
    {
        writer.Line($"case {pattern}:");
        writer.Line("    " + statement);
        writer.Line("    break;");
    }
}
