using Qapi.Emit;

namespace Qapi.Generators;

/// <summary>From schema texts and settings to source texts or problems; pure, and never throws.</summary>
internal sealed record Generation(EquatableList<EmittedFile> Sources, EquatableList<Problem> Problems)
{
    public static Generation Run(EquatableList<SchemaText> files, ProjectSettings settings,
        CancellationToken cancellationToken)
    {
        if (files.Count == 0)
            return new Generation(new([]), new([]));
        try
        {
            return Generate(new ListedFiles(files), settings, cancellationToken);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // An exception would end the whole generator without a word of where.
            return Failed(new Problem(ProblemRule.Internal, failure.ToString().Replace("\r", "").Replace("\n", " ")));
        }
    }

    private static Generation Generate(ListedFiles files, ProjectSettings settings, CancellationToken cancellationToken)
    {
        if (settings.ToOptions(out var unknown) is not { } options)
            return Failed(new Problem(ProblemRule.Project, $"QapiEmit: unknown part '{unknown}'"));
        if (options.Switches.Count > SchemaVariants.MostSwitches)
        {
            return Failed(new Problem(ProblemRule.Project,
                $"QapiSwitches: {options.Switches.Count} switches; there may be {SchemaVariants.MostSwitches}"));
        }
        var roots = files.Roots();
        if (roots.Count > 1)
        {
            return new Generation(new([]), new(roots.Select(root => new Problem(ProblemRule.Project,
                "one of several schema files that no other one includes; a project has one schema",
                files.OriginalPath(root), 1))));
        }
        var loaded = QapiSchema.Load(files, roots.Count == 0 ? files.First : roots[0]);
        if (loaded.Error is { } error)
            return Failed(At(files, error));
        if (ConditionCheck.Find(loaded.Schema!, options) is { } missing)
            return Failed(At(files, missing));
        cancellationToken.ThrowIfCancellationRequested();
        return new Generation(new(SchemaEmitter.Emit(loaded.Schema!, options)), new([]));
    }

    private static Problem At(ListedFiles files, QapiError error)
    {
        var context = error.Context is null ? "" : error.Context + " ";
        var message = context + error.Message;
        if (error.Continuation is not null)
            message += " " + error.Continuation.Replace("\n", " ");
        var path = error.File is null ? null : files.OriginalPath(error.File);
        return new Problem(ProblemRule.Schema, message, path, error.Line, error.Column ?? 0);
    }

    private static Generation Failed(Problem problem) => new(new([]), new([problem]));
}
