using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Qapi.Tool;

/// <summary>Adds to the help of a command its example; to that of the tool, all of them.</summary>
internal sealed class HelpWithExamples(HelpAction help) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    /// <summary>Takes the place of the plain help everywhere below <paramref name="root"/>.</summary>
    public static void Install(RootCommand root)
    {
        foreach (var option in root.Options.OfType<HelpOption>())
        {
            if (option.Action is HelpAction plain)
                option.Action = new HelpWithExamples(plain);
        }
    }

    public override int Invoke(ParseResult parseResult)
    {
        help.Invoke(parseResult);
        var command = parseResult.CommandResult.Command;
        var output = parseResult.InvocationConfiguration.Output;
        output.WriteLine("Example:");
        foreach (var shown in command.Subcommands.Prepend(command).OfType<ToolCommand>())
            output.WriteLine($"  {shown.Example}");
        return QapiTool.Success;
    }
}
