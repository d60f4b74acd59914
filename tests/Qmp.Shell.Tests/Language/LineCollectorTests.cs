using Qmp.Shell.Language;

namespace Qmp.Shell.Tests.Language;

[TestFixture]
internal sealed class LineCollectorTests
{
    [TestCase("a x=1", "a x=1")]
    [TestCase("a x={\n'y': 1\n}", "a x={\n'y': 1\n}")]
    [TestCase("a x=[\n1]  y=2", "a x=[\n1]  y=2")]
    [TestCase("a x='b\nc'", "a x='b\nc'")]
    [TestCase("a \\\nx=1 \\\ny=2", "a  x=1  y=2")]
    [TestCase("{\"execute\":\n\"a\"}", "{\"execute\":\n\"a\"}")]
    [TestCase("# it's a comment {", "# it's a comment {")]
    [TestCase("a x='b}'", "a x='b}'")]
    [TestCase("a x={'b': '}'}", "a x={'b': '}'}")]
    [TestCase("a x={\n", "a x={\n")]
    public void Lines_that_belong_together(string text, string whole)
    {
        var lines = new LineCollector();
        string[] parts = text.Split('\n');
        foreach (string line in parts[..^1])
        {
            Assert.That(lines.Add(line), Is.Null);
            Assert.That(lines.IsOpen);
        }

        Assert.That(lines.Add(parts[^1]), Is.EqualTo(whole));
        Assert.That(lines.IsOpen, Is.False);
    }

    [Test]
    public void What_was_begun_can_be_dropped()
    {
        var lines = new LineCollector();
        lines.Add("a x={");
        lines.Reset();
        Assert.That(lines.Add("b"), Is.EqualTo("b"));
    }
}
