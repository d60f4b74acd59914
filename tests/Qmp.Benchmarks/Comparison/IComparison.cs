namespace Qmp.Benchmarks.Comparison;

/// <summary>One kind of work, done by both.</summary>
internal interface IComparison
{
    /// <summary>Names it on the command line.</summary>
    string Name { get; }

    void Run(int rounds, Report report);
}
