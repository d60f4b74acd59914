namespace Qapi.Generators;

/// <summary>What can be wrong with a project's schema.</summary>
internal enum ProblemRule
{
    /// <summary>The schema is not right.</summary>
    Schema,

    /// <summary>The project lists or sets something that makes no sense.</summary>
    Project,

    /// <summary>The generator itself failed.</summary>
    Internal,
}
