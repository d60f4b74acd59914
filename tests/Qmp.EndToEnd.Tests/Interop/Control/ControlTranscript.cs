namespace Qmp.EndToEnd.Tests.Interop.Control;

/// <summary>What clients saw of a migration.</summary>
/// <param name="Notes">What they saw while it ran.</param>
/// <param name="Source">The source's events, and how it ended.</param>
/// <param name="Destination">The destination's.</param>
internal sealed record ControlTranscript(
    IReadOnlyList<string> Notes, IReadOnlyList<string> Source, IReadOnlyList<string> Destination)
{
    /// <summary>Whether there was the same to see.</summary>
    public bool Equals(ControlTranscript? other) =>
        other is not null &&
        Notes.SequenceEqual(other.Notes) &&
        Source.SequenceEqual(other.Source) &&
        Destination.SequenceEqual(other.Destination);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Notes.Count, Source.Count, Destination.Count);
}
