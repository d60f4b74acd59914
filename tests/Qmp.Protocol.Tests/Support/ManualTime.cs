using Microsoft.Extensions.Time.Testing;

namespace Qmp.Protocol.Tests.Support;

/// <summary>A clock that stands still until a test moves it, at a time with microseconds.</summary>
internal sealed class ManualTime() : FakeTimeProvider(new DateTimeOffset(2025, 1, 2, 3, 4, 5, 678, 901, TimeSpan.Zero));
