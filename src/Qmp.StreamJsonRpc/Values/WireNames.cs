using Newtonsoft.Json.Serialization;

namespace Qmp.StreamJsonRpc.Values;

/// <summary>From C#'s names to those on the wire.</summary>
/// <remarks>
/// A JsonRpc hands names that come from attributes to the same functions. Names without capitals, or without small
/// letters, are taken for such and kept: commands have no capitals, events no small letters.
/// </remarks>
internal static class WireNames
{
    private const string AsyncSuffix = "Async";

    private static readonly KebabCaseNamingStrategy Hyphens = new();
    private static readonly SnakeCaseNamingStrategy Underscores = new();

    /// <summary>A command: <c>QueryStatusAsync</c> is <c>query-status</c>.</summary>
    public static string Command(string method) =>
        IsWireName(method) ? method : Member(WithoutAsync(method));

    /// <summary>An argument: <c>maxBandwidth</c> is <c>max-bandwidth</c>.</summary>
    public static string Member(string parameter) =>
        IsWireName(parameter) ? parameter : Hyphens.GetPropertyName(parameter, hasSpecifiedName: false);

    /// <summary>An event: <c>BlockJobCompleted</c> is <c>BLOCK_JOB_COMPLETED</c>.</summary>
    public static string Event(string method) => IsWireName(method)
        ? method
        : Underscores.GetPropertyName(WithoutAsync(method), hasSpecifiedName: false).ToUpperInvariant();

    private static bool IsWireName(string name) => !name.Any(char.IsUpper) || !name.Any(char.IsLower);

    private static string WithoutAsync(string method) =>
        method.EndsWith(AsyncSuffix, StringComparison.Ordinal) ? method[..^AsyncSuffix.Length] : method;
}
