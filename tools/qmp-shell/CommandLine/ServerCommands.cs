using Newtonsoft.Json.Linq;
using Qmp.Client;

namespace Qmp.Shell.CommandLine;

/// <summary>The commands of a server, for whoever completes the word after <c>-c</c>.</summary>
internal static class ServerCommands
{
    // Somebody waits with a finger on the key.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>Their names in order; none if the server cannot be asked.</summary>
    /// <param name="server">As on the command line.</param>
    public static IEnumerable<string> Of(string? server)
    {
        if (string.IsNullOrEmpty(server)) return [];
        try
        {
            return Task.Run(() => AskAsync(QmpEndpoint.Parse(server))).GetAwaiter().GetResult();
        }
        catch (Exception e) when (e is QmpException or FormatException)
        {
            return [];
        }
    }

    private static async Task<IEnumerable<string>> AskAsync(QmpEndpoint endpoint)
    {
        var options = new QmpClientOptions { ConnectTimeout = Patience, CommandTimeout = Patience };
        await using QmpConnection connection = await QmpConnection.ConnectAsync(endpoint, options);
        JToken commands = await connection.ExecuteRawAsync("query-commands");
        return [.. commands.Select(c => (string?)c["name"] ?? "").Order(StringComparer.Ordinal)];
    }
}
