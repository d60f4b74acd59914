namespace Qmp.Protocol.Visitors;

/// <summary>
/// How deprecated and unstable commands, members and events are treated (QEMU's <c>-compat</c>), and which of them are in
/// the schema that is spoken.
/// </summary>
public sealed record CompatPolicy
{
    /// <summary>Everything is accepted and shown.</summary>
    public static CompatPolicy Permissive { get; } = new();

    /// <summary>For deprecated commands, members and values in input.</summary>
    public CompatPolicyInput DeprecatedInput { get; init; }

    /// <summary>For deprecated members and events in output.</summary>
    public CompatPolicyOutput DeprecatedOutput { get; init; }

    /// <summary>For unstable commands, members and values in input.</summary>
    public CompatPolicyInput UnstableInput { get; init; }

    /// <summary>For unstable members and events in output.</summary>
    public CompatPolicyOutput UnstableOutput { get; init; }

    /// <summary>What <see cref="CompatPolicyInput.Crash"/> does, told why; ends the process by default.</summary>
    public Action<string> Crash { get; init; } = Environment.FailFast;

    /// <summary>The variant of the schema that is spoken; <see langword="null"/> to know what any variant has.</summary>
    public SchemaVariant? Variant { get; init; }

    /// <summary>Whether something with these features is not in the schema that is spoken.</summary>
    public bool Lacks(SpecialFeatures features) => Variant is not null && Has(features, SpecialFeatures.Absent);

    /// <summary>Whether something with these features is left out of output.</summary>
    public bool Hides(SpecialFeatures features) =>
        features != SpecialFeatures.None
        && (Lacks(features)
            || (DeprecatedOutput == CompatPolicyOutput.Hide && Has(features, SpecialFeatures.Deprecated))
            || (UnstableOutput == CompatPolicyOutput.Hide && Has(features, SpecialFeatures.Unstable)));

    /// <summary>Why something with these features is refused in input, or <see langword="null"/>.</summary>
    /// <param name="features">Its features; deprecated is tested before unstable.</param>
    /// <param name="kind">What it is: <c>command</c>, <c>parameter</c> or <c>value</c>.</param>
    /// <param name="name">Its wire name.</param>
    /// <remarks>What the schema lacks is not refused here: it is unknown.</remarks>
    public string? Refuses(SpecialFeatures features, string kind, string name)
    {
        if (features == SpecialFeatures.None) return null;
        return Refuses(Has(features, SpecialFeatures.Deprecated), DeprecatedInput, "Deprecated", kind, name)
            ?? Refuses(Has(features, SpecialFeatures.Unstable), UnstableInput, "Unstable", kind, name);
    }

    private bool Has(SpecialFeatures features, SpecialFeatures kind) =>
        (features & kind & (Variant?.Mask ?? (SpecialFeatures)ulong.MaxValue)) != 0;

    private string? Refuses(bool applies, CompatPolicyInput policy, string adjective, string kind, string name)
    {
        if (!applies || policy == CompatPolicyInput.Accept) return null;
        string reason = $"{adjective} {kind} {name} disabled by policy";
        if (policy == CompatPolicyInput.Crash) Crash(reason);
        return reason;
    }
}
