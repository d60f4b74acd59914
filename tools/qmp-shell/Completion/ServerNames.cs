using Newtonsoft.Json.Linq;
using Qmp.Client;
using Qmp.Shell.Session;

namespace Qmp.Shell.Completion;

/// <summary>What things are called that a server has at this moment: devices, objects, nodes, jobs, paths of objects.</summary>
internal sealed class ServerNames(ShellSession session)
{
    // Somebody waits with a finger on the key.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    // Command and argument, the query that tells, and the member of its elements.
    private static readonly (string Command, string Argument, string Query, string Member)[] Sources =
    [
        ("blockdev-del", "node-name", "query-named-block-nodes", "node-name"),
        ("chardev-remove", "id", "query-chardev", "label"),
        ("chardev-change", "id", "query-chardev", "label"),
        ("chardev-send-break", "id", "query-chardev", "label"),
        ("x-approve-switchover", "id", "x-query-switchover", "id"),
        ("x-workload-set", "id", "x-query-workload", "id"),
        ("job-", "id", "query-jobs", "id"),
        ("block-job-", "device", "query-block-jobs", "device"),
        ("eject", "id", "query-block", "qdev"),
        ("eject", "device", "query-block", "device"),
        ("blockdev-open-tray", "id", "query-block", "qdev"),
        ("blockdev-close-tray", "id", "query-block", "qdev"),
        ("blockdev-insert-medium", "node-name", "query-named-block-nodes", "node-name"),
        ("query-rx-filter", "name", "query-rx-filter", "name"),
    ];

    /// <summary>Names that may stand there; none if there is nothing of the kind.</summary>
    public IEnumerable<string> Of(NamePlace place)
    {
        try
        {
            return Task.Run(() => AskAsync(place)).GetAwaiter().GetResult();
        }
        catch (QmpException)
        {
            return [];
        }
    }

    private async Task<IEnumerable<string>> AskAsync(NamePlace place)
    {
        (string command, string? argument, string typed, IReadOnlyDictionary<string, string> given) = place;
        if (command == "device_add" && argument == "driver") return await DriversAsync();
        if (command == "device_add" && argument is null) return await PropertiesAsync(given.GetValueOrDefault("driver"));
        if (command is "qom-get" or "qom-set" && argument == "property") return await PropertiesOfAsync(given.GetValueOrDefault("path"));
        if (command is "device_del" && argument == "id") return await ChildrenAsync("/machine/peripheral");
        if (command is "object-del" && argument == "id") return await ChildrenAsync("/objects");
        if (command.StartsWith("qom-", StringComparison.Ordinal) && argument == "path") return await PathsAsync(typed);
        foreach ((string known, string name, string query, string member) in Sources)
        {
            bool isKnown = known.EndsWith('-') ? command.StartsWith(known, StringComparison.Ordinal) : command == known;
            if (!isKnown || name != argument || session.Schema?.FindCommand(query) is null) continue;
            JToken reply = await SendAsync(query, null);
            JToken list = reply is JObject { Count: > 0 } members ? members["devices"] ?? new JArray() : reply;
            return [.. list.Select(e => (string?)e[member]).OfType<string>().Where(n => n.Length > 0).Order(StringComparer.Ordinal)];
        }

        return [];
    }

    private async Task<IEnumerable<string>> DriversAsync()
    {
        JToken types = await SendAsync("qom-list-types", new JObject { ["implements"] = "device", ["abstract"] = false });
        return [.. types.Select(t => (string)t["name"]!).Order(StringComparer.Ordinal)];
    }

    private async Task<IEnumerable<string>> PropertiesAsync(string? driver)
    {
        if (driver is null) return [];
        JToken properties = await SendAsync("device-list-properties", new JObject { ["typename"] = driver });
        return [.. properties.Select(p => (string)p["name"]!).Order(StringComparer.Ordinal)];
    }

    private async Task<IEnumerable<string>> PropertiesOfAsync(string? path)
    {
        if (path is null) return [];
        JToken list = await SendAsync("qom-list", new JObject { ["path"] = path });
        return
        [
            .. list.Where(p => ((string?)p["type"])?.StartsWith("child<", StringComparison.Ordinal) == false)
                .Select(p => (string)p["name"]!).Order(StringComparer.Ordinal),
        ];
    }

    private async Task<IEnumerable<string>> PathsAsync(string typed)
    {
        if (!typed.StartsWith('/')) return ["/"];
        string parent = typed[..(typed.LastIndexOf('/') + 1)];
        IEnumerable<string> children = await ChildrenAsync(parent.Length > 1 ? parent[..^1] : parent);
        return [.. children.Select(c => parent + c)];
    }

    private async Task<IEnumerable<string>> ChildrenAsync(string path)
    {
        JToken list = await SendAsync("qom-list", new JObject { ["path"] = path });
        return
        [
            .. list.Where(p => ((string?)p["type"])?.StartsWith("child<", StringComparison.Ordinal) == true)
                .Select(p => (string)p["name"]!).Order(StringComparer.Ordinal),
        ];
    }

    private async Task<JToken> SendAsync(string query, JObject? arguments)
    {
        using IDisposable? hidden = session.Hide(query);
        return await session.Connection.ExecuteRawAsync(query, arguments, new QmpCallOptions { Timeout = Patience });
    }
}
