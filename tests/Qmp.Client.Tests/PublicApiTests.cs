using System.Reflection;
using Qmp.Client.Migration;
using Qmp.Client.Tests.Support;
using Qmp.Conversations;
using Qmp.Protocol.Transport;
using Qmp.Server;
using Qmp.Testing;

namespace Qmp.Client.Tests;

/// <summary>
/// What users can see, as recorded under <c>PublicApi</c>. With the environment variable
/// <c>QMP_REWRITE_PUBLIC_API</c> set to 1 a run records instead of comparing; the difference is then a diff to review.
/// </summary>
[TestFixture]
internal sealed class PublicApiTests
{
    private const string Switch = "QMP_REWRITE_PUBLIC_API";

    private static readonly Type[] OnePerPackage =
    [
        typeof(QmpConnection), typeof(IConnection), typeof(QmpServer), typeof(MigrationDriver), typeof(Conversation),
        typeof(TestVm),
    ];

    [TestCaseSource(nameof(OnePerPackage))]
    public void The_public_api_is_as_recorded(Type type) => Check(type.Assembly);

    private static void Check(Assembly assembly)
    {
        string path = Path.Combine(Source.Tests, "PublicApi", $"{assembly.GetName().Name}.txt");
        string now = PublicApi.Describe(assembly);
        if (Environment.GetEnvironmentVariable(Switch) == "1")
        {
            File.WriteAllText(path, now);
            Assert.Inconclusive("recorded");
        }

        Assert.That(now, Is.EqualTo(File.ReadAllText(path)), $"if it is right, record it with {Switch}=1");
    }
}
