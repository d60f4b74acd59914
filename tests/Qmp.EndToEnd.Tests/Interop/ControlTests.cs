using System.Collections.Concurrent;
using Qmp.EndToEnd.Tests.Interop.Control;
using Qmp.Interop.Emulators;

namespace Qmp.EndToEnd.Tests.Interop;

/// <summary>What clients see of a migration that they control is what they see between two QEMUs.</summary>
[TestFixture, Parallelizable(ParallelScope.Children)]
internal sealed class ControlTests
{
    private static readonly ConcurrentDictionary<ControlScript, Lazy<Task<ControlTranscript>>> OfQemu = new();

    private static IEnumerable<TestCaseData> Cases() =>
        from script in ControlScript.All
        from pair in Pair.WithQmpd
        select new TestCaseData(script, pair).SetName($"{script}, {pair}");

    [TestCaseSource(nameof(Cases))]
    public async Task Migration_looks_like_QEMUs(ControlScript script, Pair pair)
    {
        Requirement.Check(EmulatorKind.Qemu);
        ControlTranscript expected = await OfQemu.GetOrAdd(
            script,
            s => new(() => ControlRun.RunAsync(s, new Pair(EmulatorKind.Qemu, EmulatorKind.Qemu)))).Value;
        ControlTranscript actual = await ControlRun.RunAsync(script, pair);
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
}
