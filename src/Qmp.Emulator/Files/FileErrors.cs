using System.Runtime.InteropServices;

namespace Qmp.Emulator.Files;

/// <summary>Why a file could not be opened, in the system's words, which have no paths in them.</summary>
public static class FileErrors
{
    /// <summary>The words for what <see cref="File"/> has thrown.</summary>
    public static string Text(Exception exception) => exception switch
    {
        FileNotFoundException or DirectoryNotFoundException => "No such file or directory",
        ArgumentException when exception.Message.Length > 0 => "No such file or directory",
        UnauthorizedAccessException => "Permission denied",
        _ => Marshal.GetPInvokeErrorMessage(exception.HResult & 0xffff) is { Length: > 0 } text ? text : exception.Message,
    };
}
