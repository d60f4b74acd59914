using Newtonsoft.Json.Linq;

namespace Qmp.Shell.Watch;

/// <summary>How a watched migration ended.</summary>
/// <param name="IsSuccess">Whether the guest is on the other side.</param>
/// <param name="Summary">A sentence for people.</param>
/// <param name="Info">What <c>query-migrate</c> answered last.</param>
internal sealed record WatchOutcome(bool IsSuccess, string Summary, JToken Info);
