namespace Qmp.Migration.ReturnPath;

/// <summary>Takes what a destination says in postcopy; each answer is what is wrong with it, or <see langword="null"/>.</summary>
/// <remarks>Called by the activity that reads the return path.</remarks>
internal interface IPostcopyReplies
{
    /// <summary>The destination waits for pages.</summary>
    /// <param name="block">The name of their block, or <see langword="null"/> for that of the last request.</param>
    /// <param name="start">The offset of the first.</param>
    /// <param name="length">Bytes of all.</param>
    ValueTask<string?> RequestPagesAsync(string? block, ulong start, uint length);

    /// <summary>Bytes of the bitmap of a block; <see langword="null"/> if none is expected of it.</summary>
    int? BitmapLength(string block);

    /// <summary>The pages of a block that the destination has.</summary>
    string? ReceivedBitmap(string block, byte[] bitmap);

    /// <summary>The destination goes on.</summary>
    string? Resumed();
}
