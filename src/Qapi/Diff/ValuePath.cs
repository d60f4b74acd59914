namespace Qapi.Diff;

/// <summary>Where a value is in a command or event.</summary>
/// <param name="Root">What it is part of: <c>argument</c>, <c>result</c> or <c>data</c>.</param>
/// <param name="Steps">The way there, empty for the whole.</param>
internal sealed record ValuePath(string Root, string Steps = "")
{
    public ValuePath Member(string name) => this with { Steps = Steps.Length == 0 ? name : $"{Steps}.{name}" };

    public ValuePath Element() => this with { Steps = Steps + "[]" };

    /// <summary>The members that are there for one value of a union's discriminator.</summary>
    public ValuePath Branch(string value) => this with { Steps = $"{Steps}<{value}>" };

    public override string ToString() => Steps.Length == 0 ? Root : $"{Root} '{Steps}'";
}
