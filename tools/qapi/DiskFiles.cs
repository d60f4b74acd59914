namespace Qapi.Tool;

/// <summary>Schema files on disk, relative to a directory; failures in the system's words.</summary>
internal sealed class DiskFiles(string directory) : ISchemaFiles
{
    private const string NoSuchFile = "No such file or directory";

    public string CurrentDirectory { get; } = directory.Replace('\\', '/');

    public SchemaFile Read(string path)
    {
        if (path.Length == 0)
            return SchemaFile.Unreadable(NoSuchFile);
        var file = Path.Combine(directory, path);
        try
        {
            return SchemaFile.Found(File.ReadAllBytes(file));
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            return SchemaFile.Unreadable(NoSuchFile);
        }
        catch (UnauthorizedAccessException)
        {
            return SchemaFile.Unreadable(Directory.Exists(file) ? "Is a directory" : "Permission denied");
        }
        catch (PathTooLongException)
        {
            return SchemaFile.Unreadable("File name too long");
        }
        catch (IOException failure)
        {
            return SchemaFile.Unreadable(failure.Message);
        }
    }
}
