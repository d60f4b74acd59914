namespace Qmp.Conversations.Matching;

/// <summary>What stands in a recorded message for a value that differs each time.</summary>
internal static class Tokens
{
    /// <summary>Anything.</summary>
    public const string Anything = "@ANY@";

    /// <summary>Any number.</summary>
    public const string Number = "@NUM@";

    /// <summary>Any number but 0.</summary>
    public const string NonZero = "@NZ@";

    /// <summary>A timestamp object.</summary>
    public const string Timestamp = "@TS@";

    /// <summary>A version object.</summary>
    public const string Version = "@VER@";

    /// <summary>The only member of an object that lists what may stand in its place.</summary>
    public const string OneOf = "$oneof";

    /// <summary>The only member of an object that stands for a text: a unit and how often it comes.</summary>
    public const string Repeat = "$repeat";

    /// <summary>The only member of an object that stands for a message: how its text begins.</summary>
    public const string Shortened = "$shortened";

    /// <summary>In any text: the folder of the replay.</summary>
    public const string RunFolder = "@RUN@";
}
