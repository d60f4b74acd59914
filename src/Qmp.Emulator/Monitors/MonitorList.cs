namespace Qmp.Emulator.Monitors;

/// <summary>The monitors of an emulator, in the order in which they were made.</summary>
internal sealed class MonitorList
{
    private volatile MonitorDevice[] _all = [];

    public IReadOnlyList<MonitorDevice> All => _all;

    /// <summary>Waits for a first client on every monitor that asks for it (<c>wait=on</c>).</summary>
    public Task WaitForClientsAsync() => Task.WhenAll(_all.Where(m => m.WaitsForClient).Select(m => m.FirstClient));

    public void Add(MonitorDevice monitor) => _all = [.. _all, monitor];
}
