using Qmp.Protocol.Visitors.Text;

namespace Qmp.Protocol.Tests.Visitors.Text;

internal sealed class SizeTextTests
{
    [TestCase("0", 0ul)]
    [TestCase("12345", 12345ul)]
    [TestCase(" 8b", 8ul)]
    [TestCase("0x7fee", 0x7feeul)]
    [TestCase("0x1b", 27ul)]
    [TestCase("08", 8ul)]
    [TestCase("1.5k", 1536ul)]
    [TestCase("1.k", 1024ul)]
    [TestCase(".5k", 512ul)]
    [TestCase("+.5k", 512ul)]
    [TestCase("1.0", 1ul)]
    [TestCase("2M", 2ul << 20)]
    [TestCase("0.1G", 107374182ul)]
    [TestCase("1.5e", 3ul << 59)]
    [TestCase("16777215T", 16777215ul << 40)]
    [TestCase("9007199254740993", 9007199254740993ul)]
    [TestCase("18446744073709551615", ulong.MaxValue)]
    [TestCase("0.9999999999999999999k", 1024ul)]
    public void Sizes_are_read(string text, ulong size)
    {
        NumberOutcome outcome = SizeText.Parse(text, out ulong value);
        Assert.That((outcome, value), Is.EqualTo((NumberOutcome.Valid, size)));
    }

    [TestCase("")]
    [TestCase("k")]
    [TestCase(".")]
    [TestCase(".k")]
    [TestCase("-")]
    [TestCase("1.5")]
    [TestCase("1.5b")]
    [TestCase("0.00000000000000000000000000000000000001b")]
    [TestCase("0x20M")]
    [TestCase("0x1.8")]
    [TestCase("0x")]
    [TestCase("1e3")]
    [TestCase("inf")]
    [TestCase("0Z")]
    [TestCase("16Gi")]
    [TestCase("64M ")]
    [TestCase("-1M")]
    [TestCase("99999999999999999999k")]
    public void Other_text_is_malformed(string text) =>
        Assert.That(SizeText.Parse(text, out _), Is.EqualTo(NumberOutcome.Malformed));

    [TestCase("-1")]
    [TestCase("-0")]
    [TestCase("18446744073709551616")]
    [TestCase("16777216T")]
    [TestCase("0x10000000000000000")]
    [TestCase("16E")]
    public void Sizes_stay_below_two_to_the_64(string text) =>
        Assert.That(SizeText.Parse(text, out _), Is.EqualTo(NumberOutcome.OutOfRange));
}
