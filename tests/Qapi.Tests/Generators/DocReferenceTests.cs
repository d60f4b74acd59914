using Qapi.Emit;

namespace Qapi.Tests.Generators;

/// <summary>Which texts of a comment refer to names.</summary>
public sealed class DocReferenceTests
{
    [TestCase("no reference", "no reference")]
    [TestCase("@name", "[name]")]
    [TestCase("use @a-b_c.d, or @x.", "use [a-b_c.d], or [x].")]
    [TestCase("(@one)/@two--", "([one])/[two]--")]
    [TestCase("@one@two _@three", "[one]@two _[three]")]
    [TestCase("somebody@example.org", "somebody@example.org")]
    [TestCase("@ @2 @- @_ @__x @@y", "@ @2 @- @_ [__x] @[y]")]
    [TestCase("the end: @", "the end: @")]
    public void References_are_marked(string text, string expected) =>
        Assert.That(DocReference.Replace(text, "[", "]"), Is.EqualTo(expected));
}
