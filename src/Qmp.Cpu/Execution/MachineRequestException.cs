using Qmp.Cpu.Faults;
using Qmp.Cpu.Ports;

namespace Qmp.Cpu.Execution;

/// <summary>The guest asks the machine for something that the machine does between two instructions.</summary>
internal sealed class MachineRequestException(MachineRequest request) : ExecutionException("The machine is asked for something.")
{
    public MachineRequest Request => request;
}
