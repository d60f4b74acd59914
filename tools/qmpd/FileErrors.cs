namespace Qmpd;

/// <summary>Why a file could not be opened, in the system's words, which have no paths in them.</summary>
internal static class FileErrors
{
    public static string Text(Exception exception) => exception switch
    {
        DirectoryNotFoundException or FileNotFoundException => "No such file or directory",
        UnauthorizedAccessException => "Permission denied",
        _ => exception.Message,
    };
}
