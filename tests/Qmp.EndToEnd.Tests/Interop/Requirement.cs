using Qmp.Interop.Emulators;

namespace Qmp.EndToEnd.Tests.Interop;

/// <summary>Decides whether tests against a real QEMU run.</summary>
/// <remarks>
/// Without one they are skipped, unless the environment variable <c>QMP_REQUIRE_QEMU</c> is 1: then they fail.
/// </remarks>
internal static class Requirement
{
    private const string Switch = "QMP_REQUIRE_QEMU";

    /// <summary>Ends the test here if QEMU is needed and not to be had.</summary>
    public static void Check(params IEnumerable<EmulatorKind> kinds)
    {
        if (kinds.Contains(EmulatorKind.Qemu)) Skip(EmulatorPrograms.QemuProblem);
    }

    /// <summary>Ends the test here if a QEMU of the pair is not to be had.</summary>
    public static void Check(Pair pair)
    {
        // A QEMU 11.1 is never required.
        if (EmulatorPrograms.NewQemu is null && pair.Problem == EmulatorPrograms.NewQemuProblem) Assert.Ignore(pair.Problem);
        Skip(pair.Problem);
    }

    /// <summary>Ends the test here if QEMU has more than the one that was recorded.</summary>
    public static void CheckModules()
    {
        if (EmulatorPrograms.ModulesProblem is { } problem) Assert.Ignore(problem);
    }

    private static void Skip(string? problem)
    {
        if (problem is null) return;
        if (Environment.GetEnvironmentVariable(Switch) == "1") Assert.Fail($"{problem}, and {Switch} is 1");
        Assert.Ignore(problem);
    }
}
