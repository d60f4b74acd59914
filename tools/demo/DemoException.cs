namespace Demo;

/// <summary>The demo cannot go on.</summary>
internal sealed class DemoException(string message) : Exception(message);
