namespace Qapi;

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
