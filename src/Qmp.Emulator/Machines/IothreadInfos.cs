using Qmp.Emulator.Objects;
using Qmp.Types;

namespace Qmp.Emulator.Machines;

/// <summary>The threads that users made, as <c>query-iothreads</c> lists them.</summary>
internal static class IothreadInfos
{
    /// <summary>All of them, with what was set since.</summary>
    public static IReadOnlyList<IOThreadInfo> Of(ObjectTree tree) =>
    [
        .. tree.Objects.Children.Where(node => node.Type == "iothread").Select(node => new IOThreadInfo
        {
            Id = node.Name,
            ThreadId = Environment.ProcessId,
            PollMaxNs = Number(node, "poll-max-ns"),
            PollGrow = Number(node, "poll-grow"),
            PollShrink = Number(node, "poll-shrink"),
            PollWeight = Optional(node, "poll-weight"),
            AioMaxBatch = Number(node, "aio-max-batch"),
        }),
    ];

    // Some versions have it, which show it then.
    private static long? Optional(ObjectNode node, string property) =>
        (long?)node.Properties().FirstOrDefault(p => p.Name == property)?.Get();

    private static long Number(ObjectNode node, string property) => (long)node.Property(property).Get();
}
