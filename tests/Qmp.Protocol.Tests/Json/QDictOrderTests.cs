using Qmp.Protocol.Json;

namespace Qmp.Protocol.Tests.Json;

internal sealed class QDictOrderTests
{
    [TestCase("timestamp", 26)]
    [TestCase("event", 361)]
    [TestCase("return", 401)]
    [TestCase("id", 486)]
    [TestCase("error", 489)]
    [TestCase("data", 505)]
    [TestCase("class", 211)]
    [TestCase("desc", 377)]
    [TestCase("seconds", 5)]
    [TestCase("microseconds", 374)]
    [TestCase("status", 202)]
    [TestCase("running", 246)]
    [TestCase("minor", 225)]
    [TestCase("micro", 225)]
    [TestCase("exec-oob", 162)]
    [TestCase("execute", 299)]
    [TestCase("arguments", 447)]
    public void Buckets_are_those_of_QEMU(string name, int bucket) =>
        Assert.That(QDictOrder.Bucket(name), Is.EqualTo(bucket));

    [Test]
    public void Within_a_bucket_the_last_one_comes_first() =>
        Assert.That(QDictOrder.Sort(["major", "minor", "micro"]), Is.EqualTo([2, 1, 0]));
}
