using Newtonsoft.Json.Linq;
using Qmp.Simulation.Text;

namespace Qmp.Simulation.Tests;

/// <summary>Scenarios as people write them.</summary>
[TestFixture]
internal sealed class TextTests
{
    [TestCase("64G", "memory", 68719476736)]
    [TestCase("1.5 GiB", "memory", 1610612736)]
    [TestCase("10Gbit", "bandwidth", 1250000000)]
    [TestCase("10Gbit/s", "bandwidth", 1250000000)]
    [TestCase("10Gbps", "bandwidth", 1250000000)]
    [TestCase("800MB/s", "rate", 800000000)]
    [TestCase("300ms", "downtime-limit", 300)]
    [TestCase("2s", "at-ms", 2000)]
    [TestCase("50us", "latency-us", 50)]
    [TestCase("1ms", "latency-us", 1000)]
    [TestCase("40%", "hot-part", 40)]
    [TestCase("300", "downtime-limit", 300)]
    public void A_quantity_has_a_unit(string text, string name, double value)
    {
        Assert.That(Quantity.TryParse(text, name, out double found));
        Assert.That(found, Is.EqualTo(value));
    }

    [TestCase("G"), TestCase("64 X"), TestCase(""), TestCase("1..2"), TestCase("-1G")]
    public void What_is_no_quantity_is_none(string text) => Assert.That(Quantity.TryParse(text, "memory", out _), Is.False);

    [TestCase("64G", "downtime-limit")]
    [TestCase("300ms", "memory")]
    public void A_unit_of_another_kind_is_refused(string text, string name) =>
        Assert.That(() => Quantity.TryParse(text, name, out _), Throws.TypeOf<ScenarioException>().With.Message.Contains(name));

    [Test]
    public void Comments_and_last_commas_are_left_out()
    {
        JObject scenario = ScenarioText.Parse("""
            # one
            { // two
              "memory": "64M", /* three
              lines */ "description": "5s // of \"#1\"",
              "steps": [ { "at-ms": "1s", "on": "source", "execute": "cont", }, ],
            }
            """);
        Assert.That((long)scenario["memory"]!, Is.EqualTo(64 << 20));
        Assert.That((string?)scenario["description"], Is.EqualTo("5s // of \"#1\""));
        Assert.That((int)scenario["steps"]![0]!["at-ms"]!, Is.EqualTo(1000));
    }

    [TestCase("{ \"a\": 1 /* ", "A comment does not end")]
    [TestCase("{ \"memory\": ", "")]
    public void What_is_no_json_is_refused(string text, string reason) =>
        Assert.That(() => ScenarioText.Parse(text), Throws.TypeOf<ScenarioException>().With.Message.Contains(reason));
}
