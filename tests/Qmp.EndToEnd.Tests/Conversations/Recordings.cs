using Qmp.Conversations;
using Qmp.Conversations.Files;

namespace Qmp.EndToEnd.Tests.Conversations;

/// <summary>The conversations that were recorded with QEMU 10.0.2, those of group <c>newer</c> with 11.1.3, and which of them are replayed.</summary>
internal static class Recordings
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Recordings");

    /// <summary>Those that fail today. A test fails when one passes: the list only gets shorter.</summary>
    public static IReadOnlySet<string> Pending { get; } = Names("pending.txt");

    /// <summary>Those whose outcome two processes race for: on a busy machine QEMU, too, does not always answer as recorded.</summary>
    public static IReadOnlySet<string> Racing { get; } = Names("racing.txt");

    /// <summary>The conversations of groups that need no more than what every machine has.</summary>
    public static IEnumerable<Conversation> Of(params string[] groups) =>
        groups.SelectMany(group => ConversationFile.Load(Path.Combine(Folder, $"{group}.jsonl"))).Where(c => c.Class == "core");

    /// <summary>The conversations of a group about the devices of machines.</summary>
    public static IEnumerable<Conversation> OfMachines(string group) =>
        ConversationFile.Load(Path.Combine(Folder, $"{group}.jsonl"));

    /// <summary>One conversation.</summary>
    public static Conversation Find(string fullName) =>
        ConversationFile.Load(Path.Combine(Folder, $"{fullName.Split('/')[0]}.jsonl"))
            .Single(c => c.FullName == fullName);

    /// <summary>A test case with the conversation's name.</summary>
    public static TestCaseData ToTestCase(Conversation conversation) =>
        // Test runners take a dot for the end of a class name.
        new TestCaseData(conversation).SetName(conversation.FullName.Replace('.', '_'));

    private static HashSet<string> Names(string list) =>
    [
        .. File.ReadLines(Path.Combine(Folder, list))
            .Select(line => line.Split('#')[0].Trim())
            .Where(name => name.Length > 0),
    ];
}
