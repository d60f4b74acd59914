using System.Globalization;
using Qmp.Emulator.Machines;

namespace Qmp.Emulator.HumanMonitor;

/// <summary>What <c>info</c> tells of processors and disks.</summary>
internal sealed class HumanMachineInfos(BuiltMachine built)
{
    public IReadOnlyList<HumanCommand> All { get; } =
    [
        new(["cpus"], "", "show infos for each CPU", arguments =>
        {
            arguments.End();
            return new ValueTask<string>(string.Concat(built.Processors.List().Select((cpu, i) => string.Create(
                CultureInfo.InvariantCulture, $"{(i == 0 ? '*' : ' ')} CPU #{cpu.CpuIndex}: thread_id={cpu.ThreadId}\n"))));
        }),
        new(["block"], "[-n] [-v] [device]", "show info of one block device or all block devices (-n: show named nodes; -v: show details)", arguments =>
        {
            HashSet<char> flags = arguments.Flags("nv");
            string? name = arguments.OptionalText();
            arguments.End();
            return new ValueTask<string>(BlockText.Of(built.Blocks, built.Disks, name, flags.Contains('n'), flags.Contains('v')));
        }),
    ];
}
