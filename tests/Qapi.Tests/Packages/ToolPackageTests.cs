using System.Diagnostics;

namespace Qapi.Tests.Packages;

/// <summary>
/// A tool as its users get it: packed by one command, installed from its packages, and run. The other tools are packed
/// by the same lines; CI does so.
/// </summary>
[Category("Slow")]
public sealed class ToolPackageTests
{
    private static readonly string[] Linkers = ["clang", "gcc"];

    private string _directory = "";

    [SetUp]
    public void MakeDirectory()
    {
        if (!OperatingSystem.IsLinux() || !Linkers.Any(IsInSearchPath))
            Assert.Ignore("the package with the native program takes a linker: gcc or clang");
        _directory = Directory.CreateTempSubdirectory("tool").FullName;
    }

    [TearDown]
    public void RemoveDirectory()
    {
        if (_directory.Length > 0)
            Directory.Delete(_directory, recursive: true);
    }

    [Test]
    public async Task Tool_is_packed_installed_and_native()
    {
        var feed = Path.Combine(_directory, "feed");
        await DotnetAsync(Repository.Root, "pack", "-c", "Release", "-o", feed, Path.Combine("tools", "qapi"));
        string[] packages = [.. Directory.GetFiles(feed, "*.nupkg").Select(file => Path.GetFileName(file)!).Order()];
        Assert.That(packages, Has.Length.EqualTo(3), string.Join(' ', packages));
        Assert.That(packages[0], Does.StartWith("Qapi.Tool.0"));
        Assert.That(packages[1], Does.StartWith("Qapi.Tool.any."));
        Assert.That(packages[2], Does.StartWith("Qapi.Tool.linux-x64."));
        Assert.That(Built("qapi"), Does.Exist, "packing leaves alone what was built");

        // No other source: what is installed is what was packed.
        File.WriteAllText(Path.Combine(_directory, "nuget.config"),
            "<configuration><packageSources><clear /></packageSources></configuration>");
        var version = packages[0]["Qapi.Tool.".Length..^".nupkg".Length];
        await DotnetAsync(_directory, "tool", "install", "Qapi.Tool", "--version", version, "--tool-path", "bin",
            "--add-source", feed);
        using var tool = Process.Start(new ProcessStartInfo(Path.Combine(_directory, "bin", "qapi"), "--version")
        {
            RedirectStandardOutput = true,
        })!;
        Assert.That(await tool.StandardOutput.ReadToEndAsync(), Does.StartWith($"qapi {version}"));
        await tool.WaitForExitAsync();
        Assert.That(tool.ExitCode, Is.Zero);
        Assert.That(Directory.GetFiles(Path.Combine(_directory, "bin"), "*.dll", SearchOption.AllDirectories), Is.Empty);
    }

    private static string Built(string program)
    {
        var here = Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);
        return Path.Combine(here, "..", "..", program, Path.GetFileName(here), program);
    }

    private static bool IsInSearchPath(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .Any(folder => File.Exists(Path.Combine(folder, program)));

    private static async Task DotnetAsync(string directory, params string[] arguments)
    {
        var (status, output) = await DotnetCommand.RunAsync(directory, arguments);
        Assert.That(status, Is.Zero, output);
    }
}
