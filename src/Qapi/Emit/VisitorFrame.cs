namespace Qapi.Emit;

/// <summary>The parts that the readers and writers of all types have in common.</summary>
internal static class VisitorFrame
{
    public static void Open(SourceWriter writer, string visitor, string type)
    {
        DocWriter.Summary(writer, $"Reads and writes <see cref=\"{type}\"/>.");
        AttributeWriter.Type(writer);
        writer.Open($"public static class {visitor}");
    }

    public static void ReadDoc(SourceWriter writer)
    {
        DocWriter.Summary(writer, "Reads a value.");
        writer.Line("/// <exception cref=\"visitors::VisitorException\">The input does not fit the type.</exception>");
    }

    public static void WriteDoc(SourceWriter writer) => DocWriter.Summary(writer, "Writes a value.");

    public static string ReadHeader(string type) =>
        $"public static {type} Read(visitors::InputVisitor visitor, string? name)";

    public static string WriteHeader(string type) =>
        "public static void Write(\n"
        + $"    visitors::OutputVisitor visitor, global::System.ReadOnlySpan<byte> name, {type} value)";

    /// <summary>The reader of an object, on top of the one of its members.</summary>
    public static void ReadObject(SourceWriter writer, string type)
    {
        ReadDoc(writer);
        writer.Open(ReadHeader(type));
        writer.Lines($$"""
            visitor.StartStruct(name);
            json::JObject? unknown = null;
            var value = ReadMembers(visitor, ref unknown);
            {{ApiNames.Support}}.Keep(ref unknown, visitor.EndStruct());
            return unknown is null ? value : value with { Extension = unknown };
            """);
        writer.Close();
        writer.Gap();
    }

    /// <summary>The end of a switch over all branches: only null gets there.</summary>
    public static void NoBranch(SourceWriter writer)
    {
        writer.Line("default:");
        writer.Line("    throw new global::System.ArgumentNullException(nameof(value));");
    }

    public static string ReadMembersHeader(string type) =>
        $"internal static {type} ReadMembers(visitors::InputVisitor visitor, ref json::JObject? unknown)";
}
