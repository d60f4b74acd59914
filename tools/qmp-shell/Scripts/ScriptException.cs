namespace Qmp.Shell.Scripts;

/// <summary>A script cannot go on: something did not happen that it relies on.</summary>
internal sealed class ScriptException(string message) : Exception(message);
