using System.Collections.Immutable;
using System.Reflection;
using System.Text.Json;
using Engine.Flows;

namespace Engine.Host;

/// <summary>What a flow sees of an operation's two records, in the flow's words. Read from metadata: no code of the plugin runs.</summary>
/// <param name="Arguments">By name.</param>
/// <param name="Results">The type of each member that can be reached, by its path: <c>qr_login.url</c>.</param>
/// <param name="Cases">What each enum among arguments and results may be, by its path.</param>
internal sealed record OperationShape(
    ImmutableSortedDictionary<string, ArgumentShape> Arguments,
    ImmutableSortedDictionary<string, string> Results,
    ImmutableSortedDictionary<string, ImmutableHashSet<string>> Cases)
{
    /// <summary>Deeper members are not compared; the check of the flows still sees them.</summary>
    private const int MaxDepth = 8;

    public static OperationShape Of(Operation operation, Assembly plugin)
    {
        var nulls = new NullabilityInfoContext();
        var arguments = ImmutableSortedDictionary.CreateBuilder<string, ArgumentShape>(StringComparer.Ordinal);
        var results = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        var cases = ImmutableSortedDictionary.CreateBuilder<string, ImmutableHashSet<string>>(StringComparer.Ordinal);
        if (plugin.GetType(operation.InputType) is { } input)
        {
            foreach (var (name, type, isNullable, isRequired) in ArgumentsOf(input, nulls))
            {
                arguments[name] = new ArgumentShape(Words(type, isNullable), isRequired && !isNullable);
                AddCases($"argument '{name}'", type);
            }
        }

        if (plugin.GetType(operation.OutputType) is { } output) Walk(output, "", 0);
        return new OperationShape(arguments.ToImmutable(), results.ToImmutable(), cases.ToImmutable());

        void Walk(Type record, string path, int depth)
        {
            foreach (var property in record.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.GetIndexParameters().Length == 0))
            {
                var name = path + Snake(property.Name);
                results[name] = Words(property.PropertyType, IsNullable(property.PropertyType, nulls.Create(property).ReadState));
                AddCases($"result '{name}'", property.PropertyType);
                var inner = ItemOf(property.PropertyType);
                if (inner.Assembly == record.Assembly && !inner.IsEnum && depth < MaxDepth) Walk(inner, name + ".", depth + 1);
            }
        }

        void AddCases(string place, Type type)
        {
            if (ItemOf(type) is { IsEnum: true } @enum) cases[place] = [.. @enum.GetEnumNames().Select(Snake)];
        }
    }

    // As the compiler reads a call: the parameters of the longest constructor, then the properties that can be set.
    private static IEnumerable<(string Name, Type Type, bool IsNullable, bool IsRequired)> ArgumentsOf(Type input, NullabilityInfoContext nulls)
    {
        var parameters = input.GetConstructors().MaxBy(one => one.GetParameters().Length)?.GetParameters() ?? [];
        foreach (var parameter in parameters)
        {
            var isNullable = IsNullable(parameter.ParameterType, nulls.Create(parameter).WriteState);
            yield return (Snake(parameter.Name ?? ""), parameter.ParameterType, isNullable, !parameter.HasDefaultValue);
        }

        foreach (var property in input.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.SetMethod is { IsPublic: true }))
        {
            if (parameters.Any(parameter => parameter.Name == property.Name)) continue;
            var isRequired = property.CustomAttributes.Any(one => one.AttributeType.FullName == "System.Runtime.CompilerServices.RequiredMemberAttribute");
            yield return (Snake(property.Name), property.PropertyType, IsNullable(property.PropertyType, nulls.Create(property).WriteState), isRequired);
        }
    }

    private static bool IsNullable(Type type, NullabilityState state) =>
        Nullable.GetUnderlyingType(type) is not null || (!type.IsValueType && state == NullabilityState.Nullable);

    private static string Words(Type type, bool isNullable) => WordsOf(Nullable.GetUnderlyingType(type) ?? type) + (isNullable ? "?" : "");

    private static string WordsOf(Type type)
    {
        if (ListItemOf(type) is { } item) return $"list of {WordsOf(item)}";
        if (type == typeof(DateTimeOffset)) return "datetime";
        if (type == typeof(TimeSpan)) return "duration";
        if (type == typeof(Uri)) return "url";
        return Type.GetTypeCode(type) switch
        {
            TypeCode.Boolean => "bool",
            TypeCode.Int32 when !type.IsEnum => "int",
            TypeCode.Int64 when !type.IsEnum => "long",
            _ => Snake(type.Name),
        };
    }

    private static Type ItemOf(Type type)
    {
        var bare = Nullable.GetUnderlyingType(type) ?? type;
        return ListItemOf(bare) ?? bare;
    }

    private static Type? ListItemOf(Type type) =>
        type.IsArray ? type.GetElementType()
        : type.IsGenericType && type.GetGenericArguments() is [var only] && type != typeof(string) ? only
        : null;

    private static string Snake(string name) => JsonNamingPolicy.SnakeCaseLower.ConvertName(name);
}

/// <summary>An argument as flows give it.</summary>
internal sealed record ArgumentShape(string Type, bool IsRequired);
