using System.Runtime.CompilerServices;

namespace Qmp.Client.Tests.Support;

/// <summary>Files of the repository.</summary>
internal static class Source
{
    /// <summary>The folder of this test project.</summary>
    public static string Tests => Path.GetDirectoryName(Path.GetDirectoryName(Here()))!;

    /// <summary>The top of the repository.</summary>
    public static string Root => Path.GetDirectoryName(Path.GetDirectoryName(Tests))!;

    private static string Here([CallerFilePath] string path = "") => path;
}
