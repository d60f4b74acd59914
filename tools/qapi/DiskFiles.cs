namespace Qapi.Tool;

/// <summary>Schema files on disk, failures in the system's words.</summary>
internal sealed class DiskFiles : ISchemaFiles
{
    private const string NoSuchFile = "No such file or directory";

    public string CurrentDirectory { get; } = Directory.GetCurrentDirectory().Replace('\\', '/');

    public SchemaFile Read(string path)
    {
        if (path.Length == 0)
            return SchemaFile.Unreadable(NoSuchFile);
        try
        {
            return SchemaFile.Found(File.ReadAllBytes(path));
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            return SchemaFile.Unreadable(NoSuchFile);
        }
        catch (UnauthorizedAccessException)
        {
            return SchemaFile.Unreadable(Directory.Exists(path) ? "Is a directory" : "Permission denied");
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
