namespace Qapi.Diff;

/// <summary>Which way a value goes, seen from the server; it decides what a change means.</summary>
internal enum DataFlow
{
    /// <summary>Arguments: clients send it.</summary>
    Input,

    /// <summary>Results and events: clients get it.</summary>
    Output,
}
