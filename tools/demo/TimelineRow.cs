namespace Demo;

/// <summary>A row of a timeline.</summary>
/// <param name="Name">What it shows.</param>
/// <param name="Text">A character for each moment.</param>
/// <param name="Kind">How it is coloured.</param>
internal sealed record TimelineRow(string Name, string Text, RowKind Kind);
