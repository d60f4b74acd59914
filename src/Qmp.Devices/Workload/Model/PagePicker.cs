namespace Qmp.Devices.Workload.Model;

/// <summary>Says which page of a working set is written next.</summary>
internal abstract class PagePicker
{
    /// <summary>The page of write number <paramref name="write"/>, from 0.</summary>
    public abstract long Next(ulong write, ref SplitMix random);

    /// <summary>The picker for a pattern.</summary>
    /// <param name="settings">The pattern.</param>
    /// <param name="pages">Pages of the working set.</param>
    public static PagePicker Create(ModelPattern settings, long pages) => settings.Kind switch
    {
        ModelPatternKind.Uniform => new Uniform(pages),
        ModelPatternKind.HotCold => new HotCold(pages, settings.HotPart, settings.HotShare),
        ModelPatternKind.Zipf => new Zipf(pages, settings.Skew),
        _ => new Round(pages),
    };

    private sealed class Round(long pages) : PagePicker
    {
        public override long Next(ulong write, ref SplitMix random) => (long)(write % (ulong)pages);
    }

    private sealed class Uniform(long pages) : PagePicker
    {
        public override long Next(ulong write, ref SplitMix random) => random.Below(pages);
    }

    private sealed class HotCold(long pages, double part, double share) : PagePicker
    {
        private readonly long _hot = Math.Clamp((long)(pages * part), 1, pages);

        public override long Next(ulong write, ref SplitMix random) =>
            _hot == pages || random.Fraction() < share ? random.Below(_hot) : _hot + random.Below(pages - _hot);
    }

    /// <summary>Page of rank k with weight 1/k^s, by rejection-inversion (Hörmann and Derflinger, 1996); ranks are scattered.</summary>
    private sealed class Zipf : PagePicker
    {
        private readonly long _pages;
        private readonly long _stride;
        private readonly double _skew;
        private readonly double _first;
        private readonly double _last;
        private readonly double _short;

        public Zipf(long pages, double skew)
        {
            _pages = pages;
            _skew = skew;
            _first = Integral(1.5) - 1;
            _last = Integral(pages + 0.5);
            _short = 2 - Inverse(Integral(2.5) - Weight(2));
            for (_stride = Math.Max(1, (long)(pages * 0.6180339887)); Divisor(_stride, pages) != 1; _stride++)
            {
            }
        }

        public override long Next(ulong write, ref SplitMix random)
        {
            while (true)
            {
                double u = _last + (random.Fraction() * (_first - _last));
                double x = Inverse(u);
                long k = Math.Clamp((long)(x + 0.5), 1, _pages);
                if (k - x <= _short || u >= Integral(k + 0.5) - Weight(k)) return (long)((UInt128)(k - 1) * (ulong)_stride % (ulong)_pages);
            }
        }

        private double Weight(double x) => Math.Exp(-_skew * Math.Log(x));

        private double Integral(double x)
        {
            double log = Math.Log(x);
            return Expansion((1 - _skew) * log) * log;
        }

        private double Inverse(double x)
        {
            double t = Math.Max(-1, x * (1 - _skew));
            return Math.Exp((Math.Abs(t) > 1e-8 ? Math.Log(1 + t) / t : 1 - (t / 2)) * x);
        }

        // (exp(x) - 1) / x
        private static double Expansion(double x) => Math.Abs(x) > 1e-8 ? (Math.Exp(x) - 1) / x : 1 + (x / 2);

        private static long Divisor(long a, long b) => b == 0 ? a : Divisor(b, a % b);
    }
}
