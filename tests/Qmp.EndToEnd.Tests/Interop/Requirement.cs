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
        if (!kinds.Contains(EmulatorKind.Qemu) || EmulatorPrograms.QemuProblem is not { } problem) return;
        if (Environment.GetEnvironmentVariable(Switch) == "1") Assert.Fail($"{problem}, and {Switch} is 1");
        Assert.Ignore(problem);
    }

    /// <inheritdoc cref="Check(IEnumerable{EmulatorKind})"/>
    public static void Check(Pair pair) => Check(pair.Source, pair.Destination);
}
