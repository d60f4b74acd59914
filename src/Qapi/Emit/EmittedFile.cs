namespace Qapi.Emit;

/// <summary>A file of generated code.</summary>
/// <param name="Name">The file's name, unique in a schema, such as <c>Types.Migration.g.cs</c>.</param>
/// <param name="Text">Its text, with LF line ends.</param>
internal sealed record EmittedFile(string Name, string Text);
