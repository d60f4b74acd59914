using Qmp.Shell.Terminal;

namespace Qmp.Shell.Tests.Terminal;

[TestFixture]
internal sealed class HistoryTests
{
    private TemporaryFolder _folder = null!;

    private string Path => _folder.File("state/history");

    [SetUp]
    public void SetUp() => _folder = new TemporaryFolder();

    [TearDown]
    public void TearDown() => _folder.Dispose();

    [Test]
    public void It_is_kept()
    {
        new History(Path).Add("one\ntwo");
        new History(Path).Add("three");
        Assert.That(new History(Path).Lines, Is.EqualTo(["one two", "three"]));
    }

    [Test]
    public void Others_cannot_read_it()
    {
        new History(Path).Add("set_password secret");
        if (!OperatingSystem.IsLinux()) Assert.Ignore("other systems have other rights");
        else Assert.That(File.GetUnixFileMode(Path), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
    }

    [Test]
    public void It_is_bounded()
    {
        var history = new History(Path);
        for (int i = 0; i < 1100; i++) history.Add($"line {i}");
        Assert.That(history.Lines, Has.Count.EqualTo(1000));
        Assert.That(new History(Path).Lines, Is.EqualTo(history.Lines));
    }

    [Test]
    public void Where_it_cannot_be_kept_it_is_remembered()
    {
        File.WriteAllText(_folder.File("state"), "a file, no folder");
        var history = new History(Path);
        history.Add("one");
        Assert.That(history.Lines, Is.EqualTo(["one"]));
    }
}
