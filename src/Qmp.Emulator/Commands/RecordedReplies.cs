using Newtonsoft.Json.Linq;
using Qmp.Api;
using Qmp.Emulator.Recorded;
using Qmp.Protocol.Visitors;
using Qmp.Server.Dispatch;
using Qmp.Types;

namespace Qmp.Emulator.Commands;

/// <summary>Replies that QEMU gave, as values.</summary>
internal static class RecordedReplies
{
    /// <summary>The machine types.</summary>
    /// <param name="withProperties">Whether each tells what it sets for older ones.</param>
    public static IReadOnlyList<MachineInfo> Machines(bool withProperties) => List(
        withProperties ? RecordedCatalogue.Current.MachinesWithProperties : RecordedCatalogue.Current.Machines, MachineInfoVisitor.Read);

    /// <summary>The CPU models.</summary>
    public static IReadOnlyList<CpuDefinitionInfo> Processors() => List(RecordedCatalogue.Current.Processors, CpuDefinitionInfoVisitor.Read);

    /// <summary>The options of the command line.</summary>
    /// <param name="name">Which one; <see langword="null"/> for all.</param>
    /// <exception cref="CommandException">There is no such option.</exception>
    public static IReadOnlyList<CommandLineOptionInfo> Options(string? name)
    {
        IReadOnlyList<CommandLineOptionInfo> all = List(RecordedCatalogue.Current.Options, CommandLineOptionInfoVisitor.Read);
        if (name is null) return all;
        CommandLineOptionInfo[] found = [.. all.Where(option => option.Option == name)];
        return found.Length > 0 ? found : throw new CommandException($"invalid option name: {name}");
    }

    /// <summary>The models of TPM devices.</summary>
    public static IReadOnlyList<TpmModel> TpmModels() => [.. Names("models").Select(name => TpmModelExtensions.TryParse(name, out TpmModel model) ? model : default)];

    /// <summary>What TPM devices build on.</summary>
    public static IReadOnlyList<TpmType> TpmTypes() => [.. Names("types").Select(name => TpmTypeExtensions.TryParse(name, out TpmType type) ? type : default)];

    private static IEnumerable<string> Names(string part) => RecordedCatalogue.Current.Tpm[part]!.Select(name => (string)name!);

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
