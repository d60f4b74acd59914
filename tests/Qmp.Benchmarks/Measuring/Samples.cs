namespace Qmp.Benchmarks.Measuring;

/// <summary>What was measured several times; in any unit.</summary>
internal sealed class Samples
{
    private readonly List<double> _values = [];

    public Samples()
    {
    }

    public Samples(IEnumerable<double> values) => _values = [.. values];

    public int Count => _values.Count;

    public double Median => At(0.5);

    public double Min => At(0);

    public double Max => At(1);

    public double Mean => _values.Average();

    public void Add(double value) => _values.Add(value);

    /// <summary>The value that this share of all does not exceed.</summary>
    public double At(double share)
    {
        double[] sorted = [.. _values.Order()];
        return sorted[(int)Math.Round(share * (sorted.Length - 1))];
    }
}
