using Qmp.Libvirt.Tests.Bench;

namespace Qmp.Libvirt.Tests;

/// <summary>Domains that go to a file and come back.</summary>
internal sealed class SaveTests : LibvirtTests
{
    private const string Vm = DomainXml.DefaultName;

    private string Image => Path.Combine(Bench.Folder, "image");

    [Test]
    public async Task Managed_save_keeps_the_memory()
    {
        await StartAsync();
        string memory = await ChecksumAsync(A);
        await A.RunAsync("managedsave", Vm);
        await A.AwaitStateAsync("shut off (saved)");
        await A.RunAsync("start", Vm);
        await A.AwaitStateAsync("running (restored)");
        Assert.That(await ChecksumAsync(A), Is.EqualTo(memory));
    }

    [Test]
    public async Task Paused_guest_is_saved_to_the_last_byte()
    {
        await StartAsync();
        await A.RunAsync("suspend", Vm);
        string memory = await ChecksumOfAllAsync(A);
        await A.RunAsync("save", Vm, Image);
        await A.RunAsync("restore", Image);
        await A.AwaitStateAsync("paused");
        Assert.That(await ChecksumOfAllAsync(A), Is.EqualTo(memory));
        await A.RunAsync("resume", Vm);
        await A.AwaitStateAsync("running");
    }

    [TestCase("raw")]
    [TestCase("gzip")]
    public async Task Format_of_an_image_is_as_asked_for(string format)
    {
        await StartAsync();
        string memory = await ChecksumAsync(A);
        (int status, string text) = await A.TryAsync("save", Vm, Image, "--image-format", format);
        if (text.Contains("unknown option", StringComparison.Ordinal)) Assert.Ignore("this libvirt takes no --image-format");
        Assert.That(status, Is.Zero, text);
        await A.RunAsync("restore", Image);
        await A.AwaitStateAsync("running (restored)");
        Assert.That(await ChecksumAsync(A), Is.EqualTo(memory));
    }

    [Test]
    public async Task Image_that_is_cut_off_is_refused()
    {
        await StartAsync();
        string memory = await ChecksumAsync(A);
        await A.RunAsync("save", Vm, Image);
        string cut = Path.Combine(Bench.Folder, "cut");
        File.Copy(Image, cut, overwrite: true);
        await using (FileStream file = File.OpenWrite(cut)) file.SetLength(file.Length * 6 / 10);
        await A.RefuseAsync("restore", cut);
        await A.AwaitStateAsync("shut off");
        await A.RunAsync("restore", Image);
        Assert.That(await ChecksumAsync(A), Is.EqualTo(memory));
    }

    [Test]
    public async Task Snapshot_of_memory_leaves_the_guest_running()
    {
        await StartAsync();
        await A.RunAsync("snapshot-create-as", Vm, "s1", "--memspec", Path.Combine(Bench.Folder, "snapshot"), "--live");
        await A.AwaitStateAsync("running");
        Assert.That(await A.RunAsync("snapshot-list", Vm, "--name"), Is.EqualTo("s1"));
    }
}
