using System.Text;

namespace Qapi.Tests;

/// <summary>Schema files that are only in memory; the current directory is <c>/schemas</c>.</summary>
internal sealed class MemoryFiles : ISchemaFiles
{
    private readonly Dictionary<string, byte[]> _files = [];

    public string CurrentDirectory => "/schemas";

    public string this[string path]
    {
        set => Add(path, Encoding.UTF8.GetBytes(value));
    }

    public void Add(string path, byte[] content) => _files[FullPath(path)] = content;

    public SchemaFile Read(string path) => _files.TryGetValue(FullPath(path), out var content)
        ? SchemaFile.Found(content)
        : SchemaFile.Unreadable("No such file or directory");

    private string FullPath(string path) => SchemaPath.Normalize(SchemaPath.Join(CurrentDirectory, path));
}
