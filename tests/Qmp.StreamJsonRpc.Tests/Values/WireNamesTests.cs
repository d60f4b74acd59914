using Qmp.StreamJsonRpc.Values;

namespace Qmp.StreamJsonRpc.Tests.Values;

[TestFixture]
internal sealed class WireNamesTests
{
    [TestCase("QueryStatus", "query-status")]
    [TestCase("QueryStatusAsync", "query-status")]
    [TestCase("Stop", "stop")]
    [TestCase("query-status", "query-status")]
    [TestCase("device_add", "device_add")]
    [TestCase("exec-oob:query-yank", "exec-oob:query-yank")]
    public void Commands_have_hyphens(string name, string expected) =>
        Assert.That(WireNames.Command(name), Is.EqualTo(expected));

    [TestCase("id", "id")]
    [TestCase("maxBandwidth", "max-bandwidth")]
    [TestCase("*", "*")]
    [TestCase("bps_rd", "bps_rd")]
    public void Members_have_hyphens(string name, string expected) =>
        Assert.That(WireNames.Member(name), Is.EqualTo(expected));

    [TestCase("Stop", "STOP")]
    [TestCase("BlockJobCompleted", "BLOCK_JOB_COMPLETED")]
    [TestCase("MigrationPassAsync", "MIGRATION_PASS")]
    [TestCase("STOP", "STOP")]
    [TestCase("DEVICE_DELETED", "DEVICE_DELETED")]
    public void Events_shout(string name, string expected) =>
        Assert.That(WireNames.Event(name), Is.EqualTo(expected));
}
