namespace Qapi;

/// <summary>A checked schema, or the error that keeps it from being one.</summary>
internal sealed class SchemaLoadResult
{
    public SchemaLoadResult(QapiSchema schema) => Schema = schema;

    public SchemaLoadResult(QapiError error) => Error = error;

    /// <summary>The schema; null when there is an error.</summary>
    public QapiSchema? Schema { get; }

    /// <summary>The error; null when there is a schema.</summary>
    public QapiError? Error { get; }
}
