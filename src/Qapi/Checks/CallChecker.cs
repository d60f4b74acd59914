using Qapi.Model;
using Qapi.Syntax;

namespace Qapi.Checks;

/// <summary>Checks commands and events: what they take and return.</summary>
internal sealed class CallChecker(TypeResolver types, ObjectTypeChecker objects, Pragmas pragmas)
{
    public void Check(Command command)
    {
        CommonChecks.Features(command);
        CheckArguments(command.ArgumentsReference, command.Origin!, command.Boxed);
        if (command.ReturnsReference is null)
            return;
        var returns = types.Resolve(command.ReturnsReference, command.Origin!, "command's 'returns'");
        var single = returns is ArrayType array ? types.ResolveElement(array) : returns;
        if (single is not ObjectType && !pragmas.CommandReturnsExceptions.Contains(command.Name))
            throw command.Origin!.Error($"command's 'returns' cannot take {returns.Description}");
    }

    public void Check(Event @event)
    {
        CommonChecks.Features(@event);
        CheckArguments(@event.ArgumentsReference, @event.Origin!, @event.Boxed);
    }

    private void CheckArguments(TypeReference? reference, Origin origin, bool boxed)
    {
        if (reference is null)
            return;
        var user = $"{origin.Meta}'s 'data'";
        var type = types.Resolve(reference, origin, user);
        if (type is not ObjectType arguments)
            throw origin.Error($"{user} cannot take {type.Description}");
        if (arguments.IsUnion && !boxed)
            throw origin.Error($"{user} can take {type.Description} only with 'boxed': true");
        objects.Check(arguments);
        if (arguments.HasConditionalMembers && !boxed)
            throw origin.Error($"conditional {origin.Meta} arguments require 'boxed': true");
    }
}
