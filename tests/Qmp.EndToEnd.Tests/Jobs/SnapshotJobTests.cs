using Newtonsoft.Json.Linq;
using Qmp.EndToEnd.Tests.Interop;
using Qmp.Interop.Emulators;

namespace Qmp.EndToEnd.Tests.Jobs;

/// <summary>Jobs about snapshots in images: their states, and the order and the texts of what is checked.</summary>
[TestFixture(EmulatorKind.Qmpd)]
[TestFixture(EmulatorKind.Qemu, Category = "Slow")]
[Parallelizable]
internal sealed class SnapshotJobTests(EmulatorKind kind)
{
    private static readonly byte[] Qcow2 = Convert.FromHexString(
        "514649FB00000002000000000000000000000000000000100000000000800000000000000000000100000000000300000000000000010000"
        + "00000001000000000000000000000000");

    private TemporaryFolder _folder = null!;
    private EmulatorProcess _emulator = null!;

    [SetUp]
    public async Task SetUp()
    {
        Requirement.Check(kind);
        _folder = new TemporaryFolder();
        _emulator = await EmulatorProcess.StartAsync(kind, "vm", _folder);
        await File.WriteAllBytesAsync(_folder.File("raw"), new byte[1 << 20]);
        await DoAsync("blockdev-add", $"{{'driver':'raw','node-name':'raw','file':{{'driver':'file','filename':'{_folder.File("raw")}'}}}}");
        await DoAsync("blockdev-add", "{'driver':'null-co','node-name':'null','read-zeroes':true}");
        await File.WriteAllBytesAsync(_folder.File("qcow2"), Image());
        await DoAsync("blockdev-add", $"{{'driver':'qcow2','node-name':'image','file':{{'driver':'file','filename':'{_folder.File("qcow2")}'}}}}");
    }

    [TearDown]
    public async Task TearDown()
    {
        if (_emulator is not null) await _emulator.DisposeAsync();
        _folder?.Dispose();
    }

    [TestCase("nope", "['nope']", "No block device node 'nope'")]
    [TestCase("nope", "[]", "At least one device is required for snapshot")]
    [TestCase("null", "['null']", "Device 'null' is writable but does not support snapshots")]
    [TestCase("image", "['image','raw']", "Device 'raw' is writable but does not support snapshots")]
    [TestCase("raw", "['image']", "vmstate block device 'raw' does not exist")]
    public async Task What_cannot_be_saved_fails_as_a_job(string vmstate, string devices, string error)
    {
        await DoAsync("snapshot-save", $"{{'job-id':'j','tag':'t','vmstate':'{vmstate}','devices':{devices}}}");
        Assert.That(await ConcludedAsync(), Is.EqualTo(("snapshot-save", error)));
        Assert.That(
            await _emulator.Monitor.RefusalAsync("snapshot-delete", JObject.Parse("{'job-id':'j','tag':'t','devices':[]}")),
            Is.EqualTo("Job ID 'j' already in use"));
        await DoAsync("job-dismiss", "{'id':'j'}");
        Assert.That(await _emulator.Monitor.ExecuteRawAsync("query-jobs", []), Is.Empty);
    }

    [Test]
    public async Task A_snapshot_that_is_not_there_is_not_loaded_and_the_guest_has_stopped()
    {
        await DoAsync("snapshot-load", "{'job-id':'j','tag':'t','vmstate':'image','devices':['image']}");
        Assert.That(await ConcludedAsync(), Is.EqualTo(("snapshot-load", "Snapshot 't' does not exist in one or more devices")));
        Assert.That((string?)(await _emulator.Monitor.ExecuteRawAsync("query-status", []))["status"], Is.EqualTo("restore-vm"));
        await DoAsync("cont", "{}");
        Assert.That((string?)(await _emulator.Monitor.ExecuteRawAsync("query-status", []))["status"], Is.EqualTo("running"));
    }

    [Test]
    public async Task A_snapshot_that_is_not_there_need_not_be_deleted()
    {
        await DoAsync("snapshot-delete", "{'job-id':'j','tag':'t','devices':['image']}");
        Assert.That(await ConcludedAsync(), Is.EqualTo(("snapshot-delete", (string?)null)));
    }

    [TestCase("job-pause", "Job 'j' in state 'concluded' cannot accept command verb 'pause'")]
    [TestCase("job-resume", "Can't resume a job that was not paused")]
    [TestCase("job-cancel", "Job 'j' in state 'concluded' cannot accept command verb 'cancel'")]
    [TestCase("job-complete", "Job 'j' in state 'concluded' cannot accept command verb 'complete'")]
    [TestCase("job-finalize", "Job 'j' in state 'concluded' cannot accept command verb 'finalize'")]
    public async Task A_job_at_its_end_can_only_be_dismissed(string command, string refusal)
    {
        await DoAsync("snapshot-delete", "{'job-id':'j','tag':'t','devices':[]}");
        await ConcludedAsync();
        Assert.That(await _emulator.Monitor.RefusalAsync(command, JObject.Parse("{'id':'j'}")), Is.EqualTo(refusal));
        Assert.That(await _emulator.Monitor.RefusalAsync(command, JObject.Parse("{'id':'k'}")), Is.EqualTo("Job not found"));
    }

    [Test]
    public async Task An_id_must_be_one([Values("", "1 bad")] string id) => Assert.That(
        await _emulator.Monitor.RefusalAsync(
            "snapshot-delete", new JObject { ["job-id"] = id, ["tag"] = "t", ["devices"] = new JArray() }),
        Is.EqualTo($"Invalid job ID '{id}'"));

    [TestCase("savevm a", "Error: Device 'raw' is writable but does not support snapshots\r\n")]
    [TestCase("loadvm a", "Error: Device 'raw' is writable but does not support snapshots\r\n")]
    [TestCase("delvm a", "Error: Device 'raw' is writable but does not support snapshots\r\n")]
    public async Task People_are_told_the_same(string line, string answer) => Assert.That(
        (string?)await _emulator.Monitor.ExecuteRawAsync("human-monitor-command", new JObject { ["command-line"] = line }),
        Is.EqualTo(answer));

    private async Task<(string? Type, string? Error)> ConcludedAsync()
    {
        for (int i = 0; i < 1000; i++)
        {
            JToken job = (await _emulator.Monitor.ExecuteRawAsync("query-jobs", []))[0]!;
            if ((string?)job["status"] == "concluded") return ((string?)job["type"], (string?)job["error"]);
            await Task.Delay(10);
        }

        throw new TimeoutException("the job does not end");
    }

    // A new image of 8 MiB with clusters of 64 KiB: header, counters, one block of counters, an empty table.
    private static byte[] Image()
    {
        byte[] image = new byte[4 << 16];
        Qcow2.CopyTo(image, 0);
        image[(1 << 16) + 5] = 2;
        for (int cluster = 0; cluster < 4; cluster++) image[(2 << 16) + (2 * cluster) + 1] = 1;
        return image;
    }

    private async Task<JToken> DoAsync(string command, string arguments) =>
        await _emulator.Monitor.ExecuteRawAsync(command, JObject.Parse(arguments));
}
