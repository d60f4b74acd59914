using System.Text;
using Qapi.Emit;

namespace Qapi.Tool;

/// <summary>A directory of generated code. Files that are not generated are never touched.</summary>
internal sealed class GeneratedDirectory(string path)
{
    private const string Pattern = "*.g.cs";

    /// <summary>In bytes; the two lines that mark a generated file are shorter.</summary>
    private const int HeadLength = 8192;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Makes the directory hold these files, and of generated ones no others.</summary>
    /// <exception cref="IOException">
    /// A file of that name exists and was not generated, or it cannot be written.
    /// </exception>
    public void Write(IReadOnlyList<EmittedFile> files)
    {
        Directory.CreateDirectory(path);
        foreach (var file in files.Select(file => Path.Combine(path, file.Name)))
        {
            if (File.Exists(file) && !IsGenerated(file))
                throw new IOException($"{file}: there is a file of that name which is not generated");
        }
        var names = files.Select(file => file.Name).ToHashSet();
        foreach (var stale in Directory.GetFiles(path, Pattern).Where(file => !names.Contains(Path.GetFileName(file))))
        {
            if (IsGenerated(stale))
                File.Delete(stale);
        }
        foreach (var file in files)
            WriteIfChanged(Path.Combine(path, file.Name), file.Text);
    }

    /// <summary>A file that stays the same keeps its time, so that nothing is built anew for it.</summary>
    private static void WriteIfChanged(string file, string text)
    {
        byte[] bytes = Utf8.GetBytes(text);
        if (!File.Exists(file) || !Start(file, bytes.Length + 1).SequenceEqual(bytes))
            File.WriteAllBytes(file, bytes);
    }

    private static bool IsGenerated(string file) =>
        SourceFrame.IsGenerated(Utf8.GetString(Start(file, HeadLength)).ReplaceLineEndings("\n").Split('\n'));

    /// <summary>What a file begins with. The file may be a link to a device, which has no end.</summary>
    private static ReadOnlySpan<byte> Start(string file, int most)
    {
        using var stream = File.OpenRead(file);
        var bytes = new byte[most];
        return bytes.AsSpan(0, stream.ReadAtLeast(bytes, most, throwOnEndOfStream: false));
    }
}
