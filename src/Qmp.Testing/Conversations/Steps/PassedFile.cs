namespace Qmp.Testing.Conversations.Steps;

/// <summary>What a passed descriptor refers to.</summary>
public enum PassedFile
{
    /// <summary>The null device, for reading and writing.</summary>
    Null,

    /// <summary>The writing end of a pipe whose other end is read.</summary>
    Drain,
}
