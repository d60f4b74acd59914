namespace Qapi.Diff;

/// <summary>One difference between two schemas.</summary>
/// <param name="MetaType"><c>command</c> or <c>event</c>.</param>
/// <param name="Name">The command or event it is about.</param>
/// <param name="Path">
/// The value in it, such as <c>argument 'channels[].addr.host'</c>; empty for the command or event itself. A branch
/// stands in angle brackets: <c>addr&lt;inet&gt;.host</c>.
/// </param>
/// <param name="Kind">What has changed.</param>
/// <param name="Impact">What that does to clients.</param>
/// <param name="Text">The change in words; they follow the path in the same sentence.</param>
internal sealed record SchemaChange(
    string MetaType, string Name, string Path, ChangeKind Kind, ChangeImpact Impact, string Text);
