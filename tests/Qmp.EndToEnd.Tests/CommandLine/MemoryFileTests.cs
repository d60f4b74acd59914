using System.Diagnostics;
using Qmp.Emulator.Options;
using Qmp.Testing;

namespace Qmp.EndToEnd.Tests.CommandLine;

/// <summary>Files that are a machine's memory, and files that are put into it. QEMU 10.0.2 does the same.</summary>
[TestFixture]
internal sealed class MemoryFileTests
{
    private const int Size = 16 << 20;

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void SetUp() => _folder = new TemporaryFolder();

    [TearDown]
    public void TearDown() => _folder.Dispose();

    [Test]
    public void A_file_that_is_too_small_is_refused_and_stays_as_it_is([Values] bool isShared, [Values] bool isUsed)
    {
        string path = _folder.File("victim");
        File.WriteAllText(path, "precious\n");
        Assert.That(() => StartAsync(path, isUsed, isShared ? ",share=on" : ",share=off"), Refuses(
            "m backing store size 0x9 is too small for 'size' option 0x1000000 plus 'offset' option 0x0"));
        Assert.That(File.ReadAllText(path), Is.EqualTo("precious\n"));
    }

    [Test]
    public async Task A_file_that_is_made_or_empty_gets_the_size([Values] bool isThere, [Values] bool isUsed)
    {
        string path = _folder.File("memory");
        if (isThere) File.WriteAllBytes(path, []);
        await using (await StartAsync(path, isUsed, ",share=on"))
        {
            Assert.That(new FileInfo(path).Length, Is.EqualTo(Size));
        }

        Assert.That(new FileInfo(path).Length, Is.EqualTo(Size));
    }

    [Test]
    public async Task A_file_that_is_longer_keeps_its_length()
    {
        string path = _folder.File("memory");
        using (FileStream file = File.Create(path)) file.SetLength(Size + 4096);
        await using TestVm vm = await StartAsync(path, isUsed: true, "");
        Assert.That(new FileInfo(path).Length, Is.EqualTo(Size + 4096));
    }

    [Test]
    public async Task In_a_folder_the_file_has_no_name()
    {
        await using TestVm vm = await StartAsync(_folder.Path, isUsed: true, ",share=on");
        vm.WriteMemory(Size - 4, "data"u8);
        Assert.That(vm.ReadMemory(Size - 4, 4), Is.EqualTo("data"u8.ToArray()));
        Assert.That(Directory.EnumerateFileSystemEntries(_folder.Path), Is.Empty);
    }

    [Test]
    public async Task A_pipe_is_no_memory()
    {
        string path = _folder.File("pipe");
        await Process.Start("mkfifo", path).WaitForExitAsync();
        Assert.That(() => StartAsync(path, isUsed: true, ""), Refuses("unable to map backing store for guest RAM: No such device"));
        Assert.That(Path.Exists(path));
    }

    [TestCase("/dev/null", "unable to map backing store for guest RAM: No such device")]
    [TestCase("/nonexistent/memory", "can't open backing store /nonexistent/memory for guest RAM: No such file or directory")]
    [TestCase("", "can't open backing store  for guest RAM: No such file or directory")]
    public void What_cannot_be_memory_is_refused_in_words(string path, string message) =>
        Assert.That(() => StartAsync(path, isUsed: false, ""), Refuses(message));

    [TestCase("8E", "unable to map backing store for guest RAM: Cannot allocate memory")]
    public void A_file_that_was_made_for_nothing_is_removed(string size, string message)
    {
        string path = _folder.File("memory");
        Assert.That(
            () => TestVm.StartAsync("-M", "none", "-object", $"memory-backend-file,id=m,size={size},mem-path={path}"),
            Refuses(message));
        Assert.That(File.Exists(path), Is.False);
    }

    [Test]
    public void Memory_in_a_file_has_whole_pages() => Assert.That(
        () => TestVm.StartAsync("-M", "none", "-object", $"memory-backend-file,id=m,size=4097,mem-path={_folder.File("memory")}"),
        Refuses("backend 'memory-backend-file' memory size must be multiple of 4 KiB"));

    [TestCase("secret,id=s", "Either 'file' or 'data' must be provided")]
    [TestCase("secret,id=s,data=x,file=y", "'file' and 'data' are mutually exclusive")]
    [TestCase("secret,id=s,data=x,keyid=k", "No secret with id 'k'")]
    [TestCase("secret,id=s,file=/nonexistent", "Unable to read /nonexistent: Failed to open file “/nonexistent”: No such file or directory")]
    public void A_secret_needs_a_value(string argument, string message) =>
        Assert.That(() => TestVm.StartAsync("-M", "none", "-object", argument), Refuses(message));

    [TestCase("/dev/zero")]
    [TestCase("/dev/urandom")]
    public async Task A_file_without_an_end_is_loaded_as_long_as_it_says_that_it_is(string path)
    {
        await using TestVm vm = await TestVm.StartAsync("-M", "none", "-m", "4M", "-device", $"loader,file={path},force-raw=on");
        Assert.That(vm.ReadMemory(0, 4096), Is.All.Zero);
    }

    [Test]
    public async Task A_file_is_loaded_where_it_should_be()
    {
        string path = _folder.File("image");
        File.WriteAllText(path, "image");
        await using TestVm vm = await TestVm.StartAsync(
            "-M", "none", "-m", "4M", "-device", $"loader,file={path},addr=0x1000,force-raw=on");
        Assert.That(vm.ReadMemory(0x1000, 5), Is.EqualTo("image"u8.ToArray()));
    }

    [Test]
    public void A_file_larger_than_the_memory_is_refused()
    {
        string path = _folder.File("image");
        using (FileStream file = File.Create(path)) file.SetLength(5 << 20);
        Assert.That(
            () => TestVm.StartAsync("-M", "none", "-m", "4M", "-device", $"loader,file={path},force-raw=on"),
            Refuses($"-device loader,file={path},force-raw=on: Cannot load specified image {path}"));
    }

    [TestCase("loader", "please include valid arguments")]
    [TestCase("loader,addr=0,data=1", "Both data and data-len must be specified")]
    [TestCase("loader,addr=0,data=1,data-len=9", "data-len cannot be greater then 8 bytes")]
    [TestCase("loader,file=x,addr=0,data=1,data-len=4", "Specifying a file is not supported when loading memory values")]
    [TestCase("loader,file=/tmp,addr=0,force-raw=on", "Cannot load specified image /tmp")]
    [TestCase("loader,file=/nonexistent,addr=0", "Cannot load specified image /nonexistent")]
    public void A_loader_without_sense_is_refused(string argument, string message) => Assert.That(
        () => TestVm.StartAsync("-M", "none", "-m", "4M", "-device", argument), Refuses($"-device {argument}: {message}"));

    private static Task<TestVm> StartAsync(string path, bool isUsed, string more) => TestVm.StartAsync(
    [
        "-M", "none", "-object", $"memory-backend-file,id=m,size={Size >> 20}M,mem-path={path}{more}",
        .. (isUsed ? (string[])["-machine", "memory-backend=m"] : []),
    ]);

    private static NUnit.Framework.Constraints.IResolveConstraint Refuses(string message) =>
        Throws.TypeOf<CommandLineException>().With.Message.EqualTo(message);
}
