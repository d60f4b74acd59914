using System.Text;
using Newtonsoft.Json;
using Qmp.Protocol.Json;

namespace Qmp.Server.Sessions;

/// <summary>Messages as traces show them: on one line, and not at any length.</summary>
internal static class TraceText
{
    private const int Longest = 500;

    public static string Of(JsonMessage request) => Cut(request.ToJToken(0).ToString(Formatting.None));

    public static string Of(ReadOnlySpan<byte> message) =>
        Cut(Encoding.UTF8.GetString(message[..Math.Min(message.Length, Longest + 1)]).TrimEnd().Replace("\r\n", " ", StringComparison.Ordinal));

    private static string Cut(string text) => text.Length <= Longest ? text : text[..Longest] + "…";
}
