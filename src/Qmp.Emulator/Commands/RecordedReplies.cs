using Newtonsoft.Json.Linq;
using Qmp.Api;
using Qmp.Emulator.Recorded;
using Qmp.Protocol.Visitors;
using Qmp.Server.Dispatch;
using Qmp.Types;

namespace Qmp.Emulator.Commands;

/// <summary>Replies that QEMU gave, as values.</summary>
/// <param name="recorded">What it said.</param>
internal sealed class RecordedReplies(RecordedCatalogue recorded)
{
    /// <summary>The machine types.</summary>
    /// <param name="withProperties">Whether each tells what it sets for older ones.</param>
    public IReadOnlyList<MachineInfo> Machines(bool withProperties) => List(
        withProperties ? recorded.MachinesWithProperties : recorded.Machines, MachineInfoVisitor.Read);

    /// <summary>The CPU models.</summary>
    public IReadOnlyList<CpuDefinitionInfo> Processors() => List(recorded.Processors, CpuDefinitionInfoVisitor.Read);

    /// <summary>The options of the command line.</summary>
    /// <param name="name">Which one; <see langword="null"/> for all.</param>
    /// <exception cref="CommandException">There is no such option.</exception>
    public IReadOnlyList<CommandLineOptionInfo> Options(string? name)
    {
        IReadOnlyList<CommandLineOptionInfo> all = List(recorded.Options, CommandLineOptionInfoVisitor.Read);
        if (name is null) return all;
        CommandLineOptionInfo[] found = [.. all.Where(option => option.Option == name)];
        return found.Length > 0 ? found : throw new CommandException($"invalid option name: {name}");
    }

    /// <summary>The models of TPM devices.</summary>
    public IReadOnlyList<TpmModel> TpmModels() => [.. Names("models").Select(name => TpmModelExtensions.TryParse(name, out TpmModel model) ? model : default)];

    /// <summary>What TPM devices build on.</summary>
    public IReadOnlyList<TpmType> TpmTypes() => [.. Names("types").Select(name => TpmTypeExtensions.TryParse(name, out TpmType type) ? type : default)];

    private IEnumerable<string> Names(string part) => recorded.Tpm[part]!.Select(name => (string)name!);

    private static List<T> List<T>(JToken array, Qmp.Protocol.Messages.ValueReader<T> read)
    {
        var visitor = new JsonInputVisitor();
        visitor.Reset(array);
        var list = new List<T>();
        visitor.StartList(null);
        while (visitor.NextElement()) list.Add(read(visitor, null));
        visitor.EndList();
        return list;
    }
}
