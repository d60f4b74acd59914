using System.CommandLine;

namespace Qapi.Tool;

/// <summary>A command of the tool, with an example for its help.</summary>
internal abstract class ToolCommand(string name, string description, string example) : Command(name, description)
{
    public string Example { get; } = example;
}
