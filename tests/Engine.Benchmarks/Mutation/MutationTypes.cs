using System.Reflection;
using Engine.Flows;
using Engine.Sdk;

namespace Engine.Benchmarks;

/// <summary>What the operations that a flow calls take and give, as the operators need to know it.</summary>
internal sealed class MutationTypes
{
    private readonly Dictionary<string, Operation> operations = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Assembly> assemblies = new(StringComparer.Ordinal);

    public static MutationTypes Of(MutatedText flow, Catalog catalog)
    {
        var types = new MutationTypes();
        foreach (var use in flow.Parts.Where(part => part.Role == ValueRole.Provider))
        {
            var provider = catalog.FindProvider(use.Scalar!.Value) ?? throw new InvalidOperationException(use.Scalar.Value);
            foreach (var operation in provider.Operations) types.operations[$"{use.Key.Value}.{operation.Name}"] = operation;
            types.assemblies[use.Key.Value] = MutationCorpus.AssemblyOf(provider);
        }

        return types;
    }

    public Operation? FindOperation(string name) => operations.GetValueOrDefault(name);

    /// <summary>The type of an operation's argument; null where the part is none.</summary>
    public Type? ArgumentType(FlowPart part)
    {
        if (part.KeyRole != KeyRole.Argument || OperationOf(part) is not { } name || FindOperation(name) is not { } operation) return null;
        var wanted = part.Key.Value.Replace("_", "", StringComparison.Ordinal);
        return assemblies[name.Split('.')[0]].GetType(operation.InputType)?.GetProperties()
            .FirstOrDefault(property => property.Name.Equals(wanted, StringComparison.OrdinalIgnoreCase))?.PropertyType;
    }

    /// <summary>The names that a literal argument may have; empty where its type is no enum.</summary>
    public IReadOnlyList<string> MembersFor(FlowPart part) =>
        ArgumentType(part) is { } type && (Nullable.GetUnderlyingType(type) ?? type) is { IsEnum: true } kind
            ? [.. Enum.GetNames(kind).Select(Snake)]
            : [];

    /// <summary>Every enum of the plugins in use that has the member, as flows write its members.</summary>
    public IEnumerable<IReadOnlyList<string>> EnumsWith(string member) =>
        assemblies.Values.SelectMany(assembly => assembly.GetExportedTypes()).Where(type => type.IsEnum)
            .Select(type => (IReadOnlyList<string>)[.. Enum.GetNames(type).Select(Snake)])
            .Where(names => names.Contains(member));

    /// <summary>The name as the plugin writes it.</summary>
    public static string Pascal(string name) => string.Concat(name.Split('_').Select(word => $"{char.ToUpperInvariant(word[0])}{word[1..]}"));

    public static bool IsSecret(Type type) => type == typeof(Secret);

    public static bool IsText(Type type) => type == typeof(string);

    /// <summary>The operation that an argument is for.</summary>
    public static string? OperationOf(FlowPart part) =>
        part.Owner is { Key.Value: "with" } with
            ? with.Siblings.FirstOrDefault(entry => entry.Key.Value is "call" or "poll")?.Value is YamlNode.Value { Scalar.Value: var name } ? name : null
            : null;

    private static string Snake(string name) => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(name);
}
