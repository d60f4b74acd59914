using Qapi.Tool;

namespace Qapi.Tests;

/// <summary>The tool, run in this process.</summary>
internal static class Tool
{
    public static (int Status, string Output, string Error) Run(params string[] arguments)
    {
        var output = new StringWriter();
        var error = new StringWriter();
        var status = QapiTool.Run(arguments, output, error);
        return (status, output.ToString(), error.ToString());
    }
}
