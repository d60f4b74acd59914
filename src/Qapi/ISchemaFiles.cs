namespace Qapi;

/// <summary>Where schema text comes from; the front end itself touches no disk.</summary>
internal interface ISchemaFiles
{
    /// <summary>
    /// The absolute directory that relative paths start at, <c>/</c> between its parts.
    /// Only used to tell whether two paths mean one file.
    /// </summary>
    string CurrentDirectory { get; }

    /// <summary>Reads a file by its path as reached from the root: not normalised, <c>/</c> between its parts.</summary>
    SchemaFile Read(string path);
}
