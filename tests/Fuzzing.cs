using System.Diagnostics;
using System.Globalization;

/// <summary>
/// How much a fuzz test tries: what takes some seconds, or all of it where the environment variable <c>QMP_FUZZ</c> is
/// set to 1. <c>QMP_FUZZ_SEED</c> chooses other random numbers than usual.
/// </summary>
/// <remarks>Outside of any namespace, as other files that several test assemblies share.</remarks>
internal static class Fuzzing
{
    /// <summary>A case that takes longer hangs. Cases take about a millisecond, but the machine may be busy.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private const int UsualSeed = 20_261_129;

    private const long MaxGrowth = 512L << 20;

    /// <summary>Where the random numbers begin; failures name it.</summary>
    public static int Seed { get; } = Number("QMP_FUZZ_SEED") ?? UsualSeed;

    private static bool IsWhole { get; } = Number("QMP_FUZZ") > 0;

    /// <summary>How many cases to try.</summary>
    /// <param name="usual">In a usual test run.</param>
    /// <param name="whole">Where <c>QMP_FUZZ</c> asks for all.</param>
    public static int Count(int usual, int whole) => IsWhole ? whole : usual;

    /// <summary>The random numbers of one case, the same whatever ran before it.</summary>
    public static Random RandomOf(int number) => new(HashCode(Seed, number));

    /// <summary>Runs cases one after the other; the test fails if one throws or hangs, or if memory piles up.</summary>
    /// <param name="count">How many.</param>
    /// <param name="run">Runs a case by its number. An exception, that of an assertion too, fails the test.</param>
    public static void Run(int count, Action<int> run)
    {
        var total = Stopwatch.StartNew();
        long before = ResidentBytes();
        var progress = new Progress();
        Task all = Task.Run(() => progress.RunAll(count, run));
        try
        {
            // The cases share one thread: handing each of them over would take longer than most take to run.
            while (!all.Wait(TimeSpan.FromSeconds(1)))
            {
                if (progress.TimeOfCurrent > Patience) Assert.Fail($"seed {Seed}, case {progress.Current}: hangs");
            }
        }
        catch (AggregateException e)
        {
            Assert.Fail($"seed {Seed}, case {progress.Current}: {e.InnerException}");
        }

        long growth = ResidentBytes() - before;
        TestContext.Out.WriteLine(
            $"{count} cases in {total.Elapsed.TotalSeconds:F0} s, the slowest {progress.Slowest.TotalMilliseconds:F0} ms "
            + $"(case {progress.SlowestNumber}), {growth >> 20} MiB more resident, seed {Seed}");
        Assert.That(growth, Is.LessThan(MaxGrowth), $"seed {Seed}: memory piles up");
    }

    /// <summary>How much memory the process holds.</summary>
    public static long ResidentBytes()
    {
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }

    // System.HashCode differs from process to process.
    private static int HashCode(int seed, int number) => unchecked((seed * 486_187_739) + (number * 16_777_619));

    private static int? Number(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text
            ? int.Parse(text, CultureInfo.InvariantCulture)
            : null;

    /// <summary>The case that runs, for the thread that watches it.</summary>
    private sealed class Progress
    {
        private long _started = Stopwatch.GetTimestamp();
        private int _current;

        public int Current => Volatile.Read(ref _current);

        public TimeSpan TimeOfCurrent => Stopwatch.GetElapsedTime(Volatile.Read(ref _started));

        public TimeSpan Slowest { get; private set; }

        public int SlowestNumber { get; private set; }

        public void RunAll(int count, Action<int> run)
        {
            for (int number = 0; number < count; number++)
            {
                Volatile.Write(ref _current, number);
                Volatile.Write(ref _started, Stopwatch.GetTimestamp());
                run(number);
                TimeSpan time = TimeOfCurrent;
                if (time > Slowest) (Slowest, SlowestNumber) = (time, number);
            }
        }
    }
}
