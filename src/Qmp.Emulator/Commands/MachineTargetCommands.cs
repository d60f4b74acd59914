using Newtonsoft.Json.Linq;
using Qmp.Api;
using Qmp.Emulator.Machines;
using Qmp.Emulator.Recorded;
using Qmp.Protocol.Visitors;
using Qmp.Types;

namespace Qmp.Emulator.Commands;

/// <summary>The commands of machine-target.json.</summary>
internal sealed class MachineTargetCommands(RecordedCatalogue recorded) : IMachineTargetCommands
{
    public ValueTask<CpuModelExpansionInfo> QueryCpuModelExpansionAsync(
        QueryCpuModelExpansionArguments arguments, CancellationToken cancellationToken)
    {
        JObject given = arguments.Model.Props switch
        {
            null => [],
            JObject props => props,
            _ => throw new VisitorException("Invalid parameter type for 'model.props', expected: object"),
        };
        (string name, JObject properties) = new ProcessorModels(recorded).Expand(arguments.Type.ToWireName(), arguments.Model.Name, given);
        return new(new CpuModelExpansionInfo { Model = new CpuModelInfo { Name = name, Props = properties } });
    }

    public ValueTask<IReadOnlyList<CpuDefinitionInfo>> QueryCpuDefinitionsAsync(
        QueryCpuDefinitionsArguments arguments, CancellationToken cancellationToken) => new(new RecordedReplies(recorded).Processors());
}
