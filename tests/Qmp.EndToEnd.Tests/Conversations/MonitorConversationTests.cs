using Qmp.Testing.Conversations;

namespace Qmp.EndToEnd.Tests.Conversations;

/// <summary>What QEMU says on its monitor: the protocol, its JSON, introspection, events.</summary>
[TestFixture, Parallelizable(ParallelScope.All)]
internal sealed class MonitorConversationTests
{
    private static IEnumerable<TestCaseData> Cases() =>
        Recordings.Of("protocol", "json", "introspection", "events").Select(Recordings.ToTestCase);

    [TestCaseSource(nameof(Cases))]
    public Task Emulator_says_what_QEMU_said(Conversation conversation) => RecordedReplay.CheckAsync(conversation);
}
