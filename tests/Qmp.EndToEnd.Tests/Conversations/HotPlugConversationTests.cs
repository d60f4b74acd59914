using Qmp.Conversations;

namespace Qmp.EndToEnd.Tests.Conversations;

/// <summary>What QEMU says when devices, and what they build on, come and go: PCI, disks, media, USB, objects, processors.</summary>
[Category("Slow")]
[TestFixture, Parallelizable(ParallelScope.All)]
internal sealed class HotPlugConversationTests
{
    private static IEnumerable<TestCaseData> Cases() => Recordings.OfMachines("hotplug").Select(Recordings.ToTestCase);

    [TestCaseSource(nameof(Cases))]
    public Task Emulator_says_what_QEMU_said(Conversation conversation) => RecordedReplay.CheckAsync(conversation);
}
