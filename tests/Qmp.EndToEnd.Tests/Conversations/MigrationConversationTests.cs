using Qmp.Conversations;

namespace Qmp.EndToEnd.Tests.Conversations;

/// <summary>What QEMU says about migration: capabilities, parameters, addresses, whole migrations.</summary>
[Category("Slow")]
[TestFixture]
internal sealed class MigrationConversationTests
{
    private static readonly string[] Groups = ["capabilities", "parameters", "uris", "lifecycle", "newer"];

    private static IEnumerable<TestCaseData> Cases() =>
        Recordings.Of(Groups).Where(c => !c.UsesFixedPorts).Select(Recordings.ToTestCase);

    private static IEnumerable<TestCaseData> CasesOnFixedPorts() =>
        Recordings.Of(Groups).Where(c => c.UsesFixedPorts).Select(Recordings.ToTestCase);

    [TestCaseSource(nameof(Cases)), Parallelizable(ParallelScope.All)]
    public Task Emulator_says_what_QEMU_said(Conversation conversation) => RecordedReplay.CheckAsync(conversation);

    [TestCaseSource(nameof(CasesOnFixedPorts)), NonParallelizable]
    public Task Emulator_says_what_QEMU_said_on_fixed_ports(Conversation conversation) =>
        RecordedReplay.CheckAsync(conversation);
}
