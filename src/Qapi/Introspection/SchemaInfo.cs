namespace Qapi.Introspection;

/// <summary>One entity as <c>query-qmp-schema</c> shows it (qapi-code-gen, "Client JSON Protocol introspection").</summary>
internal abstract record SchemaInfo(string Name, IReadOnlyList<string> Features)
{
    public abstract string MetaType { get; }

    public sealed record Builtin(string Name, string JsonType) : SchemaInfo(Name, [])
    {
        public override string MetaType => "builtin";
    }

    public sealed record Enum(string Name, IReadOnlyList<string> Features, IReadOnlyList<Value> Values)
        : SchemaInfo(Name, Features)
    {
        public override string MetaType => "enum";
    }

    public sealed record Array(string Name, string ElementType) : SchemaInfo(Name, [])
    {
        public override string MetaType => "array";
    }

    /// <summary><see cref="Tag"/> is null and <see cref="Variants"/> is empty unless it is a union.</summary>
    public sealed record Object(string Name, IReadOnlyList<string> Features, IReadOnlyList<Member> Members,
        string? Tag, IReadOnlyList<Variant> Variants) : SchemaInfo(Name, Features)
    {
        public override string MetaType => "object";
    }

    public sealed record Alternate(string Name, IReadOnlyList<string> Features, IReadOnlyList<string> MemberTypes)
        : SchemaInfo(Name, Features)
    {
        public override string MetaType => "alternate";
    }

    public sealed record Command(string Name, IReadOnlyList<string> Features, string ArgType, string RetType,
        bool AllowOob) : SchemaInfo(Name, Features)
    {
        public override string MetaType => "command";
    }

    public sealed record Event(string Name, IReadOnlyList<string> Features, string ArgType)
        : SchemaInfo(Name, Features)
    {
        public override string MetaType => "event";
    }

    /// <summary>A value of an enum.</summary>
    public sealed record Value(string Name, IReadOnlyList<string> Features);

    /// <summary>A member of an object.</summary>
    public sealed record Member(string Name, string Type, bool IsOptional, IReadOnlyList<string> Features);

    /// <summary>The type whose members an object has when its tag has the value <see cref="Case"/>.</summary>
    public sealed record Variant(string Case, string Type);
}
