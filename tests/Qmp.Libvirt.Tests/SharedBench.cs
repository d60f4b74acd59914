using Qmp.Interop.Emulators;
using Qmp.Libvirt.Tests.Bench;

namespace Qmp.Libvirt.Tests;

/// <summary>The bench of all tests; it ends with the last of them.</summary>
[SetUpFixture]
internal sealed class SharedBench
{
    private static LibvirtBench? _bench;

    public static async Task<LibvirtBench> GetAsync() =>
        _bench ??= await LibvirtBench.StartAsync(EmulatorPrograms.PathOf(EmulatorKind.Qmpd));

    [OneTimeTearDown]
    public async Task EndAsync()
    {
        if (_bench is not null) await _bench.DisposeAsync();
    }
}
