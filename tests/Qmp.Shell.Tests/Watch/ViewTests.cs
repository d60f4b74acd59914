using Qmp.Client.Migration;
using Qmp.Shell.Watch;
using Qmp.Types;
using Spectre.Console;

namespace Qmp.Shell.Tests.Watch;

[TestFixture]
internal sealed class ViewTests
{
    private static readonly WatchFrame[] Frames =
    [
        Frame(MigrationStatus.Setup, 0, 0, ram: false),
        Frame(MigrationStatus.Active, 1, 0),
        Frame(MigrationStatus.Active, 1, 300),
        Frame(MigrationStatus.Active, 2, 400),
        Frame(MigrationStatus.Active, 2, 1500),
        Frame(MigrationStatus.Completed, 3, 1600),
    ];

    private static readonly WatchFrame[] AheadFrames =
    [
        Ahead(MigrationStatus.PostcopyActive, 100),
        Ahead(MigrationStatus.PostcopyPaused, 200),
        Ahead(MigrationStatus.PostcopyPaused, 60_000),
        Ahead(MigrationStatus.PostcopyRecover, 61_000) with { Note = "as you like" },
    ];

    [Test]
    public async Task Lines_for_each_change_and_each_second()
    {
        var output = new StringWriter();
        await ShowAsync(new LineView(output), Frames);
        Assert.That(output.ToString().ReplaceLineEndings("\n"), Is.EqualTo(
            """
              0.0 s  setup
              0.0 s  active  pass 1  remaining 30.0 MiB  sends 119.2 MiB/s  dirties 3.9 MiB/s  downtime 250 ms  gate closed
              0.4 s  active  pass 2  remaining 30.0 MiB  sends 119.2 MiB/s  dirties 3.9 MiB/s  downtime 250 ms  gate closed
              1.5 s  active  pass 2  remaining 30.0 MiB  sends 119.2 MiB/s  dirties 3.9 MiB/s  downtime 250 ms  gate closed
              1.6 s  completed  pass 3  remaining 0 B  sends 119.2 MiB/s  dirties 3.9 MiB/s  downtime 35 ms  gate closed

            """));
    }

    [Test]
    public async Task A_table_that_changes_in_its_place()
    {
        var text = new StringWriter();
        await ShowAsync(Table(text), Frames);
        string last = text.ToString()[text.ToString().LastIndexOf('╭')..];
        foreach (string expected in (string[])
            ["completed, 1.6 s", "3  ━━━", "0 B", "119.2 MiB/s", "3.9 MiB/s", "downtime   │ 35 ms", "closed"])
        {
            Assert.That(last, Does.Contain(expected));
        }

        Assert.That(text.ToString(), Does.Contain("expected downtime │ 250 ms").And.Contain("━━━━━━━╌╌"));
    }

    [Test]
    public async Task Lines_of_postcopy_say_what_a_pause_needs()
    {
        var output = new StringWriter();
        await ShowAsync(new LineView(output), AheadFrames);
        Assert.That(output.ToString().ReplaceLineEndings("\n"), Is.EqualTo(
            """
              0.1 s  postcopy-active  pass 2  remaining 30.0 MiB  sends 119.2 MiB/s  page requests 7  downtime 35 ms
              0.2 s  postcopy-paused  pass 2  remaining 30.0 MiB  sends 119.2 MiB/s  page requests 7  downtime 35 ms  Channel\nerror  next: 'migrate-recover uri=URI' at the destination, then 'migrate uri=URI resume=true' here, or from another client
             61.0 s  postcopy-recover  pass 2  remaining 30.0 MiB  sends 119.2 MiB/s  page requests 7  downtime 35 ms  note: as you like

            """));
    }

    [Test]
    public async Task The_table_of_a_pause_says_what_it_needs()
    {
        var text = new StringWriter();
        await ShowAsync(Table(text), AheadFrames[..2]);
        string last = text.ToString()[text.ToString().LastIndexOf('╭')..];
        foreach (string expected in (string[])
            ["postcopy-paused, 0.2 s", "30.0 MiB", "page requests │ 7", "downtime      │ 35 ms", "lost          │ Channel\\nerror",
                "next          │ 'migrate-recover", "q leaves"])
        {
            Assert.That(last, Does.Contain(expected));
        }

        Assert.That(last, Does.Not.Contain("dirty rate").And.Not.Contain("gate"));
    }

    [Test]
    public void A_pass_fills_as_it_is_sent()
    {
        WatchFrame frame = Frames[1];
        Assert.That(frame.PassDone, Is.EqualTo(0.25));
        Assert.That((frame with { PassBytes = 0 }).PassDone, Is.Zero);
    }

    [TestCase(0, "0 B")]
    [TestCase(1023, "1023 B")]
    [TestCase(1024, "1.0 KiB")]
    [TestCase(1.5 * (1 << 30), "1.5 GiB")]
    [TestCase(3e18, "2728484.1 TiB")]
    public void Bytes_for_people(double bytes, string text) => Assert.That(Quantity.Bytes(bytes), Is.EqualTo(text));

    private static LiveView Table(StringWriter text)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.Yes,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.Yes,
            Out = new AnsiConsoleOutput(text),
        });
        console.Profile.Width = 80;
        return new LiveView(console, "q leaves");
    }

    private static Task ShowAsync(MigrationView view, WatchFrame[] frames) => view.ShowAsync(show =>
    {
        foreach (WatchFrame frame in frames) show(frame);
        return Task.CompletedTask;
    });

    private static WatchFrame Ahead(MigrationStatus status, int milliseconds)
    {
        var info = new MigrationInfo
        {
            Status = status,
            Downtime = 35,
            ErrorDesc = status == MigrationStatus.PostcopyPaused ? "Channel\nerror" : null,
            Ram = Ram(2, 30 << 20) with { PostcopyRequests = 7, PostcopyBytes = 4096 },
        };
        return new WatchFrame(new(info, TimeSpan.FromMilliseconds(milliseconds), TimeSpan.Zero), 40 << 20, "open");
    }

    private static WatchFrame Frame(MigrationStatus status, long pass, int milliseconds, bool ram = true)
    {
        bool isOver = status == MigrationStatus.Completed;
        var info = new MigrationInfo
        {
            Status = status,
            Downtime = isOver ? 35 : null,
            ExpectedDowntime = isOver ? null : 250,
            Ram = ram ? Ram(pass, isOver ? 0 : 30 << 20) : null,
        };
        var progress = new MigrationProgress(info, TimeSpan.FromMilliseconds(milliseconds), TimeSpan.Zero);
        return new WatchFrame(progress, 40 << 20, "closed");
    }

    private static MigrationStats Ram(long pass, long remaining) => new()
    {
        Transferred = 0,
        Remaining = remaining,
        Total = 64 << 20,
        Duplicate = 0,
        Normal = 0,
        NormalBytes = 0,
        DirtyPagesRate = 1000,
        Mbps = 1000,
        DirtySyncCount = pass,
        PostcopyRequests = 0,
        PageSize = 4096,
        MultifdBytes = 0,
        PagesPerSecond = 0,
        PrecopyBytes = 0,
        DowntimeBytes = 0,
        PostcopyBytes = 0,
        DirtySyncMissedZeroCopy = 0,
    };
}
