using Newtonsoft.Json.Linq;
using Qmp.Api;
using Qmp.Protocol.Visitors;
using Qmp.Protocol.Visitors.Keyval;
using Qmp.Types;

namespace Qmp.Emulator.CommandLine;

/// <summary>Reads the short form of a character device: <c>unix:PATH,server=on</c>, <c>tcp:HOST:PORT</c>, <c>stdio</c>.</summary>
internal static class ChardevText
{
    /// <returns>The socket, or <see langword="null"/> for standard input and output.</returns>
    /// <exception cref="CommandLineException">It is something else.</exception>
    public static ChardevSocketOptions? Parse(string option, string text)
    {
        if (text == "stdio") return null;
        try
        {
            if (text.StartsWith("unix:", StringComparison.Ordinal))
            {
                (string path, JObject members) = Split(text["unix:".Length..]);
                members["path"] = path;
                return Read(members);
            }

            if (text.StartsWith("tcp:", StringComparison.Ordinal))
            {
                (string address, JObject members) = Split(text["tcp:".Length..]);
                int colon = address.LastIndexOf(':');
                if (colon >= 0)
                {
                    members["host"] = address[..colon];
                    members["port"] = address[(colon + 1)..];
                    return Read(members);
                }
            }
        }
        catch (VisitorException e)
        {
            throw CommandLineException.At(option, text, e.Message);
        }

        throw CommandLineException.At(option, text, $"'{text}' is not a valid char driver");
    }

    private static ChardevSocketOptions Read(JObject members) =>
        ChardevSocketOptionsVisitor.Read(new KeyvalInputVisitor(members), null);

    // The address up to the first comma that is not doubled, and what follows.
    private static (string Address, JObject Members) Split(string text)
    {
        JObject all = KeyvalParser.Parse("address=" + text.Replace(",nowait", ",wait=off", StringComparison.Ordinal)
            .Replace(",server,", ",server=on,", StringComparison.Ordinal));
        string address = (string)all["address"]!;
        all.Remove("address");
        return (address, all);
    }
}
