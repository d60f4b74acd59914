using Qmp.Machine.Memory;
using Qmp.Migration.SaveState;
using Qmp.Types;

namespace Qmp.Migration.Ram;

/// <summary>Guest RAM: the section <c>ram</c>.</summary>
internal sealed class RamEntry(GuestMemory memory) : SaveStateEntry
{
    public override string Name => "ram";

    public override int Version => 4;

    internal override (FaultPoint Before, FaultPoint After) LoadPoints => (FaultPoint.RamLoad, FaultPoint.RamLoadDone);

    public override StateSaver CreateSaver(SaveContext context) => new RamSaver(context, memory);

    public override StateLoader CreateLoader(LoadContext context) => new RamLoader(context, memory);
}
