using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace Qmp.TestSupport;

/// <summary>Writes down what an assembly shows to its users, one member a line.</summary>
public static class PublicApi
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static
        | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(void)] = "void", [typeof(object)] = "object", [typeof(string)] = "string", [typeof(bool)] = "bool",
        [typeof(byte)] = "byte", [typeof(int)] = "int", [typeof(uint)] = "uint", [typeof(long)] = "long",
        [typeof(ulong)] = "ulong", [typeof(double)] = "double",
    };

    private static readonly NullabilityInfoContext Nullability = new();

    public static string Describe(Assembly assembly)
    {
        var text = new StringBuilder();
        foreach (Type type in assembly.GetExportedTypes().OrderBy(t => t.FullName, StringComparer.Ordinal))
        {
            text.Append(Head(type)).Append('\n');
            foreach (string member in Members(type)) text.Append("    ").Append(member).Append('\n');
        }

        return text.ToString();
    }

    private static string Head(Type type)
    {
        if (type.IsEnum) return $"enum {type.FullName}";
        List<string> bases = [];
        if (type.BaseType is { } parent && parent != typeof(object)) bases.Add(Name(parent));
        Type[] inherited = type.BaseType?.GetInterfaces() ?? [];
        bases.AddRange(type.GetInterfaces()
            .Where(i => i.IsVisible && !inherited.Contains(i) && Plain(i) != nameof(IEquatable<int>))
            .Select(Name)
            .Order(StringComparer.Ordinal));
        string head = $"{Kind(type)} {type.Namespace}.{Name(type)}";
        return bases.Count == 0 ? head : $"{head} : {string.Join(", ", bases)}";
    }

    private static string Kind(Type type)
    {
        if (typeof(Delegate).IsAssignableFrom(type)) return "delegate";
        if (type.IsInterface) return "interface";
        string kind = type.GetMethod("<Clone>$", Declared) is null ? "class" : "record";
        return type switch
        {
            { IsAbstract: true, IsSealed: true } => $"static {kind}",
            { IsSealed: true } => $"sealed {kind}",
            { IsAbstract: true } => $"abstract {kind}",
            _ => kind,
        };
    }

    private static IEnumerable<string> Members(Type type) => type.IsEnum
        ? Enum.GetNames(type).Select(n => $"{n} = {Convert.ToInt64(Enum.Parse(type, n))}")
        : type.GetMembers(Declared).Select(Member).OfType<string>().Order(StringComparer.Ordinal);

    private static string? Member(MemberInfo member) => member switch
    {
        _ when member.IsDefined(typeof(CompilerGeneratedAttribute)) => null,
        ConstructorInfo { IsPublic: true } made =>
            made.GetParameters() is [{ } only] && only.ParameterType == made.DeclaringType
                ? null
                : $"{Plain(made.DeclaringType!)}({Parameters(made)})",
        PropertyInfo property when property.Name != "EqualityContract" && Shown(property) is { } access =>
            $"{Modifier(access)}{Name(property.PropertyType, Nullability.Create(property))} {property.Name} "
            + $"{{ {Accessors(property)} }}",
        FieldInfo { IsPublic: true } field => $"const {Name(field.FieldType)} {field.Name}",
        MethodInfo { IsPublic: true, IsSpecialName: false } method =>
            $"{Modifier(method)}{Name(method.ReturnType, Nullability.Create(method.ReturnParameter))} "
            + $"{method.Name}{Generics(method)}({Parameters(method)})",
        _ => null,
    };

    private static MethodInfo? Shown(PropertyInfo property) =>
        property.GetMethod is { IsPublic: true } get ? get : property.SetMethod is { IsPublic: true } set ? set : null;

    private static string Accessors(PropertyInfo property)
    {
        List<string> accessors = [];
        if (property.GetMethod is { IsPublic: true }) accessors.Add("get;");
        if (property.SetMethod is { IsPublic: true } set)
        {
            accessors.Add(set.ReturnParameter.GetRequiredCustomModifiers().Length > 0 ? "init;" : "set;");
        }

        return string.Join(' ', accessors);
    }

    private static string Modifier(MethodInfo method) => method.IsStatic ? "static "
        : method.DeclaringType!.IsInterface ? ""
        : method.GetBaseDefinition() != method ? "override "
        : "";

    private static string Generics(MethodInfo method) =>
        method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(a => a.Name))}>" : "";

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(p =>
        (p.IsOut ? "out " : "")
        + $"{Name(p.ParameterType, Nullability.Create(p))} {p.Name}"
        + (p.HasDefaultValue ? $" = {Default(p)}" : "")));

    private static string Default(ParameterInfo parameter) => parameter.DefaultValue switch
    {
        null when parameter.ParameterType.IsValueType && Nullable.GetUnderlyingType(parameter.ParameterType) is null =>
            "default",
        null => "null",
        bool value => value ? "true" : "false",
        string value => $"\"{value}\"",
        object value => value.ToString()!,
    };

    private static string Name(Type type) => Name(type, null);

    private static string Name(Type type, NullabilityInfo? nullability)
    {
        if (type.IsByRef) return Name(type.GetElementType()!, nullability);
        if (Nullable.GetUnderlyingType(type) is { } inner) return $"{Name(inner)}?";
        bool canBeNull = type is { IsValueType: false, IsGenericParameter: false };
        string mark = canBeNull && nullability is { ReadState: NullabilityState.Nullable } ? "?" : "";
        if (type.IsArray) return $"{Name(type.GetElementType()!)}[]{mark}";
        if (Keywords.TryGetValue(type, out string? keyword)) return keyword + mark;
        if (!type.IsGenericType) return type.Name + mark;
        Type[] arguments = type.GetGenericArguments();
        IEnumerable<string> names = arguments.Select(
            (a, i) => Name(a, nullability is { GenericTypeArguments: { Length: > 0 } known } ? known[i] : null));
        return $"{Plain(type)}<{string.Join(", ", names)}>{mark}";
    }

    private static string Plain(Type type) => type.Name.Split('`')[0];
}
