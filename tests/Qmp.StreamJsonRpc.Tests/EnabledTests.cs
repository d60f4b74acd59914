namespace Qmp.StreamJsonRpc.Tests;

/// <summary>Shows in every run whether the tests that make a JsonRpc were part of it.</summary>
[TestFixture]
internal sealed class EnabledTests
{
#if !ENABLE_STREAMJSONRPC
    private const string Command =
        "dotnet test -c Release -p:EnableStreamJsonRpc=true tests/Qmp.StreamJsonRpc.Tests";

    [Test]
    [Ignore("They need all that StreamJsonRpc depends on: " + Command)]
    public void Conversations_of_a_JsonRpc()
    {
    }
#endif
}
