namespace Qmp.Benchmarks.Measuring;

/// <summary>What guests' memory is filled with: files that both emulators load at address 0.</summary>
internal static class MemoryImage
{
    private const int Page = 4096;
    private const int ChangesEvery = 3; // of pages that compress 3 : 1, this part of the bytes is random

    /// <summary>Words that load a file.</summary>
    public static IReadOnlyList<string> Words(string path) => ["-device", $"loader,file={path},addr=0,force-raw=on"];

    /// <summary>Writes random bytes, which no compression makes smaller.</summary>
    public static Task WriteRandomAsync(string path, int megabytes) => WriteAsync(path, megabytes, random: Page);

    /// <summary>Writes pages that compress to about a third.</summary>
    public static Task WriteCompressibleAsync(string path, int megabytes) => WriteAsync(path, megabytes, random: Page / ChangesEvery);

    // Each page begins with random bytes and ends with a text that is in all of them.
    private static async Task WriteAsync(string path, int megabytes, int random)
    {
        var numbers = new Random(1);
        byte[] block = new byte[1 << 20];
        for (int i = 0; i < block.Length; i++) block[i] = (byte)"guest memory that repeats itself "[i % 33];
        FileStream file = File.Create(path);
        await using var closes = file.ConfigureAwait(false);
        for (int i = 0; i < megabytes; i++)
        {
            for (int page = 0; page < block.Length; page += Page) numbers.NextBytes(block.AsSpan(page, random));
            await file.WriteAsync(block).ConfigureAwait(false);
        }
    }
}
