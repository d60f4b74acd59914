namespace Qapi.Tests.Generators;

public sealed class SnapshotTests
{
    [Test]
    public void Code_for_every_construct_is_the_recorded_one() => Expected.Check("Rich", Project.Rich().Sources());

    [Test]
    public void Order_of_the_files_does_not_matter()
    {
        var first = Project.Rich().Sources();
        var second = Project.Rich().Reversed().Sources();
        Assert.That(second, Is.EqualTo(first));
    }
}
