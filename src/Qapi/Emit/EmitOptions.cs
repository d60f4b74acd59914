namespace Qapi.Emit;

/// <summary>What to write, and under which names.</summary>
/// <param name="Parts">What to write.</param>
/// <param name="Namespace">The namespace of types.</param>
/// <param name="ApiNamespace">The namespace of everything else.</param>
/// <param name="Conditions">The symbols that count as defined in <c>if</c> conditions, in any order.</param>
/// <param name="Switches">
/// Further symbols, which are decided when the program starts: there is code, and introspection, for both ways. At most
/// <see cref="SchemaVariants.MostSwitches"/>.
/// </param>
/// <param name="SchemaClass">The class of introspection; null for one named after the root file.</param>
internal sealed record EmitOptions(
    EmitParts Parts, string Namespace, string ApiNamespace, ISet<string> Conditions,
    IReadOnlyList<string> Switches,
    string? SchemaClass = null)
{
    /// <summary>The diagnostic id of things that have the feature <c>unstable</c>.</summary>
    public const string UnstableId = "QAPI100";
}

/// <summary>What code to write for a schema.</summary>
[Flags]
internal enum EmitParts
{
    None = 0,

    /// <summary>Enums, records, unions and alternates.</summary>
    Types = 1,

    /// <summary>Dispatch tables and event sinks, with what server and client share.</summary>
    Server = 2,

    /// <summary>Client proxies, with what server and client share.</summary>
    Client = 4,

    /// <summary>Interfaces for StreamJsonRpc, and the types as a converter.</summary>
    StreamJsonRpc = 8,

    /// <summary>All that works on <see cref="Types"/>.</summary>
    Api = Server | Client,
}

/// <summary>A file of generated code.</summary>
/// <param name="Name">The file's name, unique in a schema, such as <c>Types.Migration.g.cs</c>.</param>
/// <param name="Text">Its text, with LF line ends.</param>
internal sealed record EmittedFile(string Name, string Text);
