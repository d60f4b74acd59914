using Qmp.Protocol.Messages;
using Qmp.Protocol.Visitors;
using Qmp.Server.Events;
using Rich;

namespace Qapi.Tests.Generators;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class EventTests
{
    private readonly Publisher _publisher = new();

    [Test]
    public void Event_with_data_is_published_with_it()
    {
        var data = new SomethingHappenedEvent { What = Color.Red };
        new RichEvents(_publisher).SomethingHappened(data);
        Assert.That(_publisher.Published, Is.EqualTo((object[])[(RichEventDescriptors.SomethingHappened, data)]));
    }

    [Test]
    public void Event_without_data_needs_none()
    {
        new RichEvents(_publisher).Nothing();
        Assert.That(_publisher.Published, Is.EqualTo((object[])[(RichEventDescriptors.Nothing, new NothingEvent())]));
    }

    [Test]
    public void Data_that_has_a_name_in_the_schema_is_of_that_type()
    {
        new RichEvents(_publisher).Shaped(new Shape.ShapeBranch { Box = true });
        var near = new Upper { Uuid = "", WithUnderscore = "", MixedCase = "" };
        new PartTwoEvents(_publisher).Far(new Far { Near = near });
        Assert.That(_publisher.Published, Has.Count.EqualTo(2));
    }

    [Test]
    public void Descriptors_say_what_the_schema_says()
    {
        Assert.That(RichEventDescriptors.Nothing.Name, Is.EqualTo("NOTHING"));
        Assert.That(RichEventDescriptors.Nothing.HasData, Is.False);
        Assert.That(RichEventDescriptors.Maybe.HasData, Is.True);
        Assert.That(RichEventDescriptors.ComExampleEvent.Name, Is.EqualTo("__COM.EXAMPLE_EVENT"));
#pragma warning disable CS0618 // deprecated
        Assert.That(RichEventDescriptors.Old.Features,
            Is.EqualTo(SpecialFeatures.Deprecated | SpecialFeatures.Unstable));
#pragma warning restore CS0618
    }

    [Test]
    public void Descriptor_reads_what_it_writes()
    {
        var descriptor = RichEventDescriptors.SomethingHappened;
        var data = new SomethingHappenedEvent { What = Color._2_5, Where = [new Box { Width = 1, Height = 2 }] };
        Assert.That(Wire.Read(descriptor.Read, Wire.Write(descriptor.Write, data)), Is.EqualTo(data));
    }

    private sealed class Publisher : IEventPublisher
    {
        public List<object> Published { get; } = [];

        public void Publish<T>(EventDescriptor<T> descriptor, T data) => Published.Add((descriptor, data));
    }
}
