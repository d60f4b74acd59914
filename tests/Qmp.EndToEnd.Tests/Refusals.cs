using Newtonsoft.Json.Linq;
using Qmp.Client;

namespace Qmp.EndToEnd.Tests;

/// <summary>Commands that must be refused.</summary>
internal static class Refusals
{
    /// <summary>The text of <c>desc</c> in the answer to a command.</summary>
    public static async Task<string> RefusalAsync(this QmpConnection client, string command, JObject? arguments)
    {
        try
        {
            throw new AssertionException(
                $"{command} was not refused: {await client.ExecuteRawAsync(command, arguments)}");
        }
        catch (QmpCommandException e)
        {
            return e.Error.Description;
        }
    }
}
