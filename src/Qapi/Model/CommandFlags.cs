namespace Qapi.Model;

/// <summary>What a command's definition sets apart from the default.</summary>
[Flags]
internal enum CommandFlags
{
    None = 0,
    Boxed = 1,
    NoGen = 2,
    NoSuccessResponse = 4,
    AllowOob = 8,
    AllowPreconfig = 16,
    Coroutine = 32,
}
