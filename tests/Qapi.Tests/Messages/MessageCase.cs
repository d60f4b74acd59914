namespace Qapi.Tests.Messages;

/// <summary>A schema, the files it includes, and the whole error text that it must give.</summary>
internal sealed record MessageCase(string Id, string Schema, string Expected, params (string Path, string Text)[] Included)
{
    public const string Root = "schema.json";
}
