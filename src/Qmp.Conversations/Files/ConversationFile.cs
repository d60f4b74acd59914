using System.Text.Json;

namespace Qmp.Conversations.Files;

/// <summary>Reads and writes conversations. The README of the project describes the format.</summary>
public static class ConversationFile
{
    private const string One = ".json";
    private const string Many = ".jsonl";

    /// <summary>Reads a file: one conversation (<c>.json</c>), or one a line (<c>.jsonl</c>).</summary>
    /// <exception cref="ConversationFormatException">The file does not hold conversations.</exception>
    public static IReadOnlyList<Conversation> Load(string path)
    {
        try
        {
            return path.EndsWith(Many, StringComparison.Ordinal)
                ? [.. File.ReadLines(path).Where(line => line.Length > 0).Select(Parse)]
                : [Parse(File.ReadAllText(path))];
        }
        catch (ConversationFormatException e)
        {
            throw new ConversationFormatException($"{path}: {e.Message}", e);
        }
    }

    /// <summary>Reads all files below a folder, ordered by path.</summary>
    /// <exception cref="ConversationFormatException">One of the files does not hold conversations.</exception>
    public static IEnumerable<Conversation> LoadFolder(string folder) =>
        Directory.EnumerateFiles(folder, "*.*", SearchOption.AllDirectories)
            .Where(file => Path.GetExtension(file) is One or Many)
            .Order(StringComparer.Ordinal)
            .SelectMany(Load);

    /// <summary>Reads the text of one conversation.</summary>
    /// <exception cref="ConversationFormatException">The text is not a conversation.</exception>
    public static Conversation Parse(string json)
    {
        try
        {
            return ConversationReader.Read(JsonElement.Parse(json, ConversationReader.Options));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException
            or FormatException)
        {
            throw new ConversationFormatException($"not a conversation: {e.Message}", e);
        }
    }

    /// <summary>Writes a conversation, one step a line.</summary>
    public static void Save(Conversation conversation, TextWriter output) =>
        ConversationWriter.Write(conversation, output);
}

/// <summary>A file is not a conversation.</summary>
public sealed class ConversationFormatException : Exception
{
    /// <summary>Makes one.</summary>
    public ConversationFormatException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
