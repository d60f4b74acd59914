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

/// <summary>What reading a schema file gave: its bytes, or why there are none.</summary>
internal readonly struct SchemaFile
{
    private SchemaFile(byte[]? content, string failure)
    {
        Content = content;
        Failure = failure;
    }

    /// <summary>The file as it is stored; null when it cannot be read.</summary>
    public byte[]? Content { get; }

    /// <summary>The system's words for the failure, such as <c>No such file or directory</c>.</summary>
    public string Failure { get; }

    public static SchemaFile Found(byte[] content) => new(content, "");

    public static SchemaFile Unreadable(string failure) => new(null, failure);
}
