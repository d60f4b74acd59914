using System.Text;
using Qapi.Emit;

namespace Qapi.Tool;

/// <summary>A directory of generated code. Files that are not generated are never touched.</summary>
internal sealed class GeneratedDirectory(string path)
{
    private const string Pattern = "*.g.cs";

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
        if (!File.Exists(file) || File.ReadAllText(file) != text)
            File.WriteAllText(file, text, Utf8);
    }

    private static bool IsGenerated(string file) => SourceFrame.IsGenerated(File.ReadLines(file));
}
