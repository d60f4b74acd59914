using Newtonsoft.Json.Linq;

namespace Demo;

/// <summary>Hides what would bury a conversation: all but the first <c>query-migrate</c>, and the replies.</summary>
internal sealed class PollFilter
{
    private readonly Lock _gate = new(); // guards what follows: both directions come here
    private readonly HashSet<string> _hidden = [];
    private bool _shown;

    public bool IsShown(string message)
    {
        if (message.Length < 4 || message[3] != '{') return true;
        JObject parsed = JObject.Parse(message[3..]);
        string? id = parsed["id"]?.ToString();
        lock (_gate)
        {
            if ((string?)parsed["execute"] != "query-migrate") return id is null || !_hidden.Remove(id);
            if (_shown && id is not null) return !_hidden.Add(id);
            _shown = true;
            return true;
        }
    }
}
