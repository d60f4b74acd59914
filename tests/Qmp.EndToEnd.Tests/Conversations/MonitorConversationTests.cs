using Qmp.Conversations;

namespace Qmp.EndToEnd.Tests.Conversations;

/// <summary>What QEMU says on its monitor: the protocol, its JSON, introspection, events.</summary>
[Category("Slow")]
[TestFixture, Parallelizable(ParallelScope.All)]
internal sealed class MonitorConversationTests
{
    private static IEnumerable<TestCaseData> Cases() =>
        Recordings.Of("protocol", "json", "introspection", "events").Concat(Blocked()).Select(Recordings.ToTestCase);

    // Commands queue behind one that waits for the reader of a FIFO.
    private static IEnumerable<Conversation> Blocked() =>
        Enumerable.Range(5, 5).Select(length => $"oob-queue-limit-{length}")
            .Concat(["oob-while-blocked", "no-oob-while-blocked"])
            .Select(name => Recordings.Find($"protocol/{name}"));

    [TestCaseSource(nameof(Cases))]
    public Task Emulator_says_what_QEMU_said(Conversation conversation) => RecordedReplay.CheckAsync(conversation);
}
