namespace Qapi.Emit;

/// <summary>What to write, and under which names.</summary>
/// <param name="Parts">What to write.</param>
/// <param name="Namespace">The namespace of types.</param>
/// <param name="ApiNamespace">The namespace of everything else.</param>
/// <param name="Conditions">The symbols that count as defined in <c>if</c> conditions, in any order.</param>
/// <param name="Switches">
/// Those of them that a program may still turn off when it starts: there is code for them, and introspection both ways.
/// </param>
/// <param name="SchemaClass">The class of introspection; null for one named after the root file.</param>
internal sealed record EmitOptions(
    EmitParts Parts, string Namespace, string ApiNamespace, ISet<string> Conditions, ISet<string> Switches,
    string? SchemaClass = null)
{
    /// <summary>The diagnostic id of things that have the feature <c>unstable</c>.</summary>
    public const string UnstableId = "QAPI100";
}
