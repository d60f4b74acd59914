namespace Qmp.Emulator.HumanMonitor;

/// <summary>One command of the human monitor.</summary>
/// <param name="Names">Its names, the first one in full.</param>
/// <param name="Parameters">What its help shows of its arguments.</param>
/// <param name="Help">What it does.</param>
/// <param name="Run">Takes the arguments and returns what is printed, with <c>\n</c> at line ends.</param>
internal sealed record HumanCommand(
    string[] Names, string Parameters, string Help, Func<HumanArguments, ValueTask<string>> Run);
