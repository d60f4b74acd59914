namespace Qapi;

/// <summary>Carries the error out of the phases; never leaves <see cref="QapiSchema.Load"/>.</summary>
internal sealed class SchemaException(QapiError error) : Exception(error.Message)
{
    public QapiError Error { get; } = error;
}
