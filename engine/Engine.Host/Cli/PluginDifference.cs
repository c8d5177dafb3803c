using System.Collections.Immutable;
using Engine.Flows;
using Engine.Plugins;

namespace Engine.Host;

/// <summary>One thing that a new build of a provider does otherwise.</summary>
/// <param name="Operations">The operations that it is about; empty where it is about the provider.</param>
internal sealed record PluginChange(string Provider, ImmutableArray<string> Operations, string What)
{
    public override string ToString() => Operations.IsEmpty
        ? $"provider '{Provider}' {What}"
        : $"{string.Join(", ", Operations.Select(operation => $"{Provider}.{operation}"))}: {What}";
}

/// <summary>Tells what differs between the plugins in use and new builds of them, as far as flows can see it.</summary>
internal static class PluginDifference
{
    /// <summary>The catalog in use with the new builds in place of those that they replace.</summary>
    public static Catalog Apply(Catalog now, Catalog next)
    {
        var replaced = next.Providers.Select(provider => provider.AssemblyName).ToHashSet(StringComparer.Ordinal);
        var names = next.Providers.Select(provider => provider.Name).ToHashSet(StringComparer.Ordinal);
        return new Catalog([.. now.Providers.Where(old => !replaced.Contains(old.AssemblyName) && !names.Contains(old.Name)), .. next.Providers]);
    }

    /// <summary>The changes, by provider; what several operations share is told once.</summary>
    public static ImmutableArray<PluginChange> Between(PluginCatalog now, PluginCatalog next)
    {
        var after = Apply(now.Catalog, next.Catalog);
        var changes = ImmutableArray.CreateBuilder<PluginChange>();
        foreach (var old in now.Catalog.Providers)
        {
            if (after.FindProvider(old.Name) is not { } renewed) changes.Add(new PluginChange(old.Name, [], "is removed"));
            else if (renewed.Build != old.Build) changes.AddRange(Within(now, old, next, renewed));
        }

        foreach (var added in after.Providers.Where(provider => now.Catalog.FindProvider(provider.Name) is null))
        {
            changes.Add(new PluginChange(added.Name, [], "is added"));
        }

        return changes.ToImmutable();
    }

    private static IEnumerable<PluginChange> Within(PluginCatalog now, Provider old, PluginCatalog next, Provider renewed)
    {
        var said = new List<(string Operation, string What)>();
        foreach (var operation in old.Operations)
        {
            var others = renewed.FindOperation(operation.Name) is { } other
                ? Compare(operation, ShapeOf(now, old, operation), other, ShapeOf(next, renewed, other))
                : ["the operation is removed"];
            said.AddRange(others.Select(what => (operation.Name, what)));
        }

        said.AddRange(renewed.Operations.Where(operation => old.FindOperation(operation.Name) is null)
            .Select(operation => (operation.Name, "the operation is added")));
        return said.GroupBy(one => one.What, StringComparer.Ordinal)
            .Select(group => new PluginChange(old.Name, [.. group.Select(one => one.Operation)], group.Key));
    }

    private static OperationShape? ShapeOf(PluginCatalog plugins, Provider provider, Operation operation) =>
        plugins.FindAssembly(provider.Name, provider.Build) is { } assembly ? OperationShape.Of(operation, assembly) : null;

    private static IEnumerable<string> Compare(Operation old, OperationShape? oldShape, Operation renewed, OperationShape? newShape)
    {
        if (old.Effect != renewed.Effect) yield return $"the effect is {renewed.Effect}, was {old.Effect}";
        if (old.Creates != renewed.Creates) yield return renewed.Creates ? "creates something now: a flow must undo it" : "creates nothing any more";
        foreach (var code in Lost(old.Failures.Select(one => one.Code), renewed.Failures.Select(one => one.Code))) yield return $"the failure '{code}' is removed";
        foreach (var code in Lost(renewed.Failures.Select(one => one.Code), old.Failures.Select(one => one.Code))) yield return $"the failure '{code}' is added";
        if (oldShape is null || newShape is null) yield break;

        foreach (var name in Lost(oldShape.Arguments.Keys, newShape.Arguments.Keys)) yield return $"the argument '{name}' is removed";
        foreach (var (name, argument) in newShape.Arguments)
        {
            if (!oldShape.Arguments.TryGetValue(name, out var before))
            {
                yield return $"the argument '{name}' ({argument.Type}) is added{(argument.IsRequired ? ", and required" : "")}";
                continue;
            }

            if (before.Type.TrimEnd('?') != argument.Type.TrimEnd('?')) yield return $"the argument '{name}' is {argument.Type}, was {before.Type}";
            if (before.IsRequired != argument.IsRequired) yield return $"the argument '{name}' is {(argument.IsRequired ? "now required" : "not required any more")}";
        }

        foreach (var name in Outermost(Lost(oldShape.Results.Keys, newShape.Results.Keys))) yield return $"the result '{name}' is removed";
        foreach (var name in Outermost(Lost(newShape.Results.Keys, oldShape.Results.Keys))) yield return $"the result '{name}' ({newShape.Results[name]}) is added";
        foreach (var (name, type) in newShape.Results)
        {
            if (oldShape.Results.TryGetValue(name, out var before) && before != type) yield return $"the result '{name}' is {type}, was {before}";
        }

        foreach (var (place, cases) in newShape.Cases)
        {
            if (!oldShape.Cases.TryGetValue(place, out var before)) continue;
            foreach (var name in Lost(before, cases)) yield return $"the {place} is never '{name}' any more";
            foreach (var name in Lost(cases, before)) yield return $"the {place} may be '{name}' too";
        }
    }

    private static IEnumerable<string> Lost(IEnumerable<string> before, IEnumerable<string> after) =>
        before.Except(after, StringComparer.Ordinal).Order(StringComparer.Ordinal);

    /// <summary>Without the members of what is in the list itself.</summary>
    private static IReadOnlyList<string> Outermost(IEnumerable<string> paths)
    {
        var all = paths.ToList();
        return [.. all.Where(path => !all.Exists(outer => path.StartsWith(outer + ".", StringComparison.Ordinal)))];
    }
}
