namespace Qmp.Emulator.Monitors;

/// <summary>The monitors of an emulator, in the order in which they were made.</summary>
internal sealed class MonitorList
{
    private volatile MonitorDevice[] _all = [];

    public IReadOnlyList<MonitorDevice> All => _all;

    public void Add(MonitorDevice monitor) => _all = [.. _all, monitor];
}
