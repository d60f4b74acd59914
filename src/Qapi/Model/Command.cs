namespace Qapi.Model;

internal sealed class Command(Header header, TypeReference? arguments, TypeReference? returns, CommandFlags flags)
    : SchemaEntity(header)
{
    /// <summary>The arguments' type; null if the command takes none.</summary>
    public ObjectType? Arguments => (ObjectType?)ArgumentsReference?.Target;

    public TypeReference? ArgumentsReference { get; } = arguments;

    /// <summary>The type of what it returns; null for the empty object.</summary>
    public SchemaType? Returns => ReturnsReference?.Target;

    public TypeReference? ReturnsReference { get; } = returns;

    public CommandFlags Flags { get; } = flags;

    /// <summary>The handler takes the arguments as one object.</summary>
    public bool Boxed => Flags.HasFlag(CommandFlags.Boxed);

    /// <summary>Arguments are read and the command is registered by generated code.</summary>
    public bool Gen => !Flags.HasFlag(CommandFlags.NoGen);

    /// <summary>Success is answered.</summary>
    public bool SuccessResponse => !Flags.HasFlag(CommandFlags.NoSuccessResponse);

    /// <summary>May run out of band.</summary>
    public bool AllowOob => Flags.HasFlag(CommandFlags.AllowOob);

    /// <summary>May run before the machine is made.</summary>
    public bool AllowPreconfig => Flags.HasFlag(CommandFlags.AllowPreconfig);

    /// <summary>The handler runs as a coroutine.</summary>
    public bool Coroutine => Flags.HasFlag(CommandFlags.Coroutine);

    public override IEnumerable<SchemaMember> DescribedMembers =>
        Arguments is { IsImplicit: true } inline ? inline.DescribedMembers : [];

    public override IEnumerable<TypeReference> References => ReturnsReference is null ? [] : [ReturnsReference];
}

/// <summary>What a command's definition sets apart from the default.</summary>
[Flags]
internal enum CommandFlags
{
    None = 0,
    Boxed = 1,
    NoGen = 2,
    NoSuccessResponse = 4,
    AllowOob = 8,
    AllowPreconfig = 16,
    Coroutine = 32,
}
