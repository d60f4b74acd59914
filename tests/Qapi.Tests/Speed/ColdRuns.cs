using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Qapi.Tests.Speed;

/// <summary>
/// Measures the tool as a user runs it, process start included, on 1,000 documented definitions. Run it on a quiet
/// machine: <c>dotnet test -c Release tests/Qapi.Tests --filter Name~Median --logger "console;verbosity=detailed"</c>
/// after building tools/qapi for Release.
/// </summary>
[Explicit("a measurement")]
public sealed class ColdRuns
{
    private const int Runs = 11;
    private const int ResourceUsageOfChildren = -1;
    private const int PeakMemory = 4;

    private string _directory = "";

    [SetUp]
    public void MakeDirectory() => _directory = Directory.CreateTempSubdirectory("qapi").FullName;

    [TearDown]
    public void RemoveDirectory() => Directory.Delete(_directory, recursive: true);

    [TestCase("check", 0.5)]
    [TestCase("introspect", 1)]
    [TestCase("generate", 1)]
    public void Median_of_runs(string command, double limit)
    {
        var schema = Path.Combine(_directory, "schema.json");
        File.WriteAllText(schema, SyntheticSchema.Text(1000));
        var seconds = new List<double>();
        for (var run = 0; run < Runs; run++)
        {
            string[] output = command == "generate"
                ? ["--output", Path.Combine(_directory, $"{run}"), "--namespace", "Sample"]
                : [];
            seconds.Add(Run([command, schema, .. output]));
        }
        seconds.Sort();
        TestContext.Out.WriteLine($"{command}: median {seconds[Runs / 2]:F3} s, fastest {seconds[0]:F3} s, "
            + $"at most {PeakMemoryOfChildren()} MiB so far");
        Assert.That(seconds[Runs / 2], Is.LessThan(limit));
        Assert.That(PeakMemoryOfChildren(), Is.LessThan(200));
    }

    private static double Run(string[] arguments)
    {
        var tool = Environment.GetEnvironmentVariable("QAPI") is { Length: > 0 } named
            ? named
            : Path.Combine(Repository.Root, "artifacts", "bin", "qapi", "release", "qapi");
        var clock = Stopwatch.StartNew();
        using var process = Process.Start(new ProcessStartInfo(tool, arguments) { RedirectStandardOutput = true })!;
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.That(process.ExitCode, Is.Zero);
        return clock.Elapsed.TotalSeconds;
    }

    /// <summary>The largest resident set of any child that has ended, in MiB.</summary>
    private static long PeakMemoryOfChildren()
    {
        var usage = new long[18];
        Assert.That(GetResourceUsage(ResourceUsageOfChildren, usage), Is.Zero);
        return usage[PeakMemory] / 1024;
    }

    [DllImport("libc", EntryPoint = "getrusage")]
    private static extern int GetResourceUsage(int who, [Out] long[] usage);
}
