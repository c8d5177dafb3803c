using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace Engine.Flows;

/// <summary>Which members each status can still have at some point of a flow; a status that is not listed can have any.</summary>
internal sealed class StatusFacts
{
    private readonly ImmutableDictionary<StatusKey, ImmutableHashSet<string>> possible;

    private StatusFacts(ImmutableDictionary<StatusKey, ImmutableHashSet<string>> possible) => this.possible = possible;

    public static StatusFacts None { get; } = new(ImmutableDictionary<StatusKey, ImmutableHashSet<string>>.Empty);

    /// <summary>Null stands for a point that no run reaches.</summary>
    public static StatusFacts? Join(StatusFacts? one, StatusFacts? other)
    {
        if (one is null || other is null) return one ?? other;
        var both = one.possible.Where(fact => other.possible.ContainsKey(fact.Key))
            .ToImmutableDictionary(fact => fact.Key, fact => fact.Value.Union(other.possible[fact.Key]));
        return new StatusFacts(both);
    }

    public static IEnumerable<IFieldSymbol> Members(INamedTypeSymbol choice) =>
        choice.GetMembers().OfType<IFieldSymbol>().Where(member => member.HasConstantValue);

    public IEnumerable<IFieldSymbol> Possible(StatusKey key)
    {
        var members = Members(key.Enum);
        return possible.TryGetValue(key, out var left) ? members.Where(member => left.Contains(member.Name)) : members;
    }

    public StatusFacts With(StatusKey key, IEnumerable<IFieldSymbol> members) =>
        new(possible.SetItem(key, [.. members.Select(member => member.Name)]));

    /// <summary>What is still known after some variables got new values.</summary>
    public StatusFacts Without(IReadOnlySet<Slot> slots) =>
        new(possible.RemoveRange(possible.Keys.Where(key => slots.Contains(key.Slot))));

    /// <summary>What is known once a condition turned out true, or false.</summary>
    public StatusFacts Assume(Bound condition, bool truth)
    {
        if (condition is not Bound.Computed { Translation: var translation }) return this;
        var logic = new StatusLogic(translation);
        var facts = this;
        foreach (var key in logic.Keys)
        {
            var left = facts.Possible(key).Where(member => logic.CanBe(truth, key, member)).ToList();
            if (left.Count > 0) facts = facts.With(key, left);
        }

        return facts;
    }
}
