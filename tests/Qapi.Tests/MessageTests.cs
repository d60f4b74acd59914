using Qapi.Tests.Messages;

namespace Qapi.Tests;

/// <summary>
/// Every message that QEMU 10.0.2's front end has, numbered within its phase: (L)exical, (P)arser, (I)nclude,
/// pra(G)ma, (D)ocumentation, e(X)pression, (S)emantic.
/// </summary>
public sealed class MessageTests
{
    private static readonly (char Phase, int Count)[] Messages =
        [('L', 4), ('P', 9), ('I', 4), ('G', 5), ('D', 21), ('X', 33), ('S', 26)];

    private static IEnumerable<MessageCase> AllCases =>
        [.. LexicalMessages.Cases, .. GrammaticalMessages.Cases, .. DirectiveMessages.Cases,
            .. DocumentationMessages.Cases, .. ExpressionMessages.Cases, .. SemanticMessages.Cases];

    private static IEnumerable<TestCaseData> NumberedCases =>
        AllCases.GroupBy(message => message.Id).SelectMany(group => group.Select((message, index) =>
            new TestCaseData(message).SetArgDisplayNames(index == 0 ? message.Id : $"{message.Id} #{index + 1}")));

    [TestCaseSource(nameof(NumberedCases))]
    public void Message_is_exact(object message)
    {
        var expected = (MessageCase)message;
        var files = new MemoryFiles { [MessageCase.Root] = expected.Schema };
        foreach (var (path, text) in expected.Included)
            files[path] = text;
        var result = QapiSchema.Load(files, MessageCase.Root);
        Assert.That(result.Error?.Render(), Is.EqualTo(expected.Expected));
    }

    [Test]
    public void Every_message_has_a_case()
    {
        var all = Messages.SelectMany(phase =>
            Enumerable.Range(1, phase.Count).Select(number => $"{phase.Phase}{number}"));
        Assert.That(AllCases.Select(message => message.Id).Distinct(), Is.EquivalentTo(all));
    }

    [Test]
    public void Unreadable_root_has_no_location()
    {
        var result = QapiSchema.Load(new MemoryFiles(), "absent.json");
        Assert.That(result.Error!.Render(),
            Is.EqualTo("can't read schema file 'absent.json': No such file or directory"));
        Assert.That(result.Error.File, Is.Null);
    }
}
