using System.Collections.Concurrent;
using Qmp.EndToEnd.Tests.Interop.Control;
using Qmp.Interop.Emulators;

namespace Qmp.EndToEnd.Tests.Interop;

/// <summary>What clients see of a migration that they control is what they see between two QEMUs.</summary>
[Category("Slow")]
[TestFixture, Parallelizable(ParallelScope.Children)]
internal sealed class ControlTests
{
    // Of a script that races, of each end.
    private const int Attempts = 6;

    private static readonly ConcurrentDictionary<(ControlScript Script, int Attempt), Lazy<Task<ControlTranscript>>>
        OfQemu = new();

    private static IEnumerable<TestCaseData> Cases() =>
        from script in ControlScript.All
        from pair in Pair.WithQmpd
        select new TestCaseData(script, pair).SetName($"{script}, {pair}");

    [TestCaseSource(nameof(Cases))]
    public async Task Migration_looks_like_QEMUs(ControlScript script, Pair pair)
    {
        Requirement.Check(EmulatorKind.Qemu);
        ControlTranscript expected = await OfQemuAsync(script, 0);
        ControlTranscript actual = await ControlRun.RunAsync(script, pair);
        for (int attempt = 1; script.Races && attempt < Attempts && !actual.Equals(expected); attempt++)
        {
            expected = await OfQemuAsync(script, attempt);
            if (!actual.Equals(expected)) actual = await ControlRun.RunAsync(script, pair);
        }

        foreach (string line in (string[])[.. expected.Notes, .. expected.Source, "--", .. expected.Destination])
        {
            TestContext.Out.WriteLine(line);
        }

        Assert.Multiple(() =>
        {
            Assert.That(actual.Notes, Is.EqualTo(expected.Notes), "meanwhile");
            Assert.That(actual.Source, Is.EqualTo(expected.Source), "source");
            Assert.That(actual.Destination, Is.EqualTo(expected.Destination), "destination");
        });
    }

    private static Task<ControlTranscript> OfQemuAsync(ControlScript script, int attempt) =>
        OfQemu.GetOrAdd(
            (script, attempt),
            key => new(() => ControlRun.RunAsync(key.Script, new Pair(EmulatorKind.Qemu, EmulatorKind.Qemu)))).Value;
}
