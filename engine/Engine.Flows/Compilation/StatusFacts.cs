using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace Engine.Flows;

/// <summary>Which members each status can still have at some point of a flow; a status that is not listed can have any.</summary>
internal sealed class StatusFacts
{
    private readonly ImmutableDictionary<StatusKey, Known> possible;

    /// <summary>The variables of which less may be known than the flow says, since a part of it was refused.</summary>
    private readonly ImmutableHashSet<Slot> vague;

    /// <summary>
    /// What its acceptance alone tells on the ways through a prompt whose answer was accepted; null where the status that its
    /// acceptance tells of may have got a new value since.
    /// </summary>
    private readonly ImmutableDictionary<ValueNode.Expression, StatusFacts?> accepted;

    private StatusFacts(
        ImmutableDictionary<StatusKey, Known> possible, ImmutableDictionary<ValueNode.Expression, StatusFacts?> accepted, ImmutableHashSet<Slot> vague)
    {
        this.possible = possible;
        this.accepted = accepted;
        this.vague = vague;
    }

    public static StatusFacts None { get; } = new(
        ImmutableDictionary<StatusKey, Known>.Empty,
        ImmutableDictionary.Create<ValueNode.Expression, StatusFacts?>(ReferenceEqualityComparer.Instance), []);

    /// <summary>Whether something before was refused that may have ruled members out, so that what is missing here only repeats it.</summary>
    public bool IsVague(StatusKey key) => vague.Contains(key.Slot);

    /// <summary>The statuses that can only be unknown here, each with what made it so.</summary>
    public IEnumerable<(StatusKey Key, Place By)> OnlyUnknown => possible
        .Where(fact => !IsVague(fact.Key)).Where(fact => fact.Value.Members is { Count: 1 } left && Translator.FindMember(fact.Key.Enum, "unknown") is { } unknown && left.Contains(unknown.Name))
        .Select(fact => (fact.Key, fact.Value.By));

    /// <summary>Null stands for a point that no run reaches.</summary>
    public static StatusFacts? Join(StatusFacts? one, StatusFacts? other)
    {
        if (one is null || other is null) return one ?? other;
        var both = one.possible.Where(fact => other.possible.ContainsKey(fact.Key))
            .ToImmutableDictionary(fact => fact.Key, fact => fact.Value.Or(other.possible[fact.Key]));
        var ways = one.accepted;
        foreach (var (prompt, facts) in other.accepted)
        {
            ways = ways.SetItem(prompt, !ways.TryGetValue(prompt, out var known) ? facts : known is null || facts is null ? null : Join(known, facts));
        }

        return new StatusFacts(both, ways, one.vague.Union(other.vague));
    }

    public static IEnumerable<IFieldSymbol> Members(INamedTypeSymbol choice) =>
        choice.GetMembers().OfType<IFieldSymbol>().Where(member => member.HasConstantValue);

    public IEnumerable<IFieldSymbol> Possible(StatusKey key)
    {
        var members = Members(key.Enum);
        return possible.TryGetValue(key, out var left) ? members.Where(member => left.Members.Contains(member.Name)) : members;
    }

    /// <param name="by">Where the flow says so.</param>
    public StatusFacts With(StatusKey key, IEnumerable<IFieldSymbol> members, Place by)
    {
        var left = members.Select(member => member.Name).ToImmutableHashSet(StringComparer.Ordinal);
        var ways = accepted.RemoveRange(accepted.Where(way => way.Value is { } facts && !facts.Possible(key).Any(member => left.Contains(member.Name))).Select(way => way.Key));
        return new StatusFacts(
            possible.SetItem(key, new Known(left, by)),
            ways, vague);
    }

    /// <summary>What is still known after some variables got new values.</summary>
    public StatusFacts Without(IReadOnlySet<Slot> slots) => new(
        possible.RemoveRange(possible.Keys.Where(key => slots.Contains(key.Slot))),
        accepted.SetItems(accepted.Where(way => way.Value is { } facts && facts.possible.Keys.Any(key => slots.Contains(key.Slot)))
            .Select(way => KeyValuePair.Create(way.Key, (StatusFacts?)null))),
        vague.Except(slots));

    public StatusFacts Vague(IEnumerable<Slot> slots) => new(possible, accepted, vague.Union(slots));

    /// <summary>What is known once a prompt's answer was not asked for again.</summary>
    public StatusFacts Accept(ValueNode.Expression againWhen, Bound condition) => new(
        possible, accepted.SetItem(againWhen, None.Assume(condition, false)), vague);

    /// <summary>The prompts whose accepted answers all fail a condition that others may pass.</summary>
    public IEnumerable<ValueNode.Expression> AcceptedOnlyToFail(Bound condition) =>
        accepted.Where(way => way.Value?.Decide(condition) == false).Select(way => way.Key);

    /// <summary>What a condition always comes to here; null where it may be true and may be false.</summary>
    public bool? Decide(Bound condition)
    {
        if (condition is not Bound.Computed { Translation: var translation }) return null;
        var logic = new StatusLogic(translation);
        foreach (var key in logic.Keys.Where(key => !IsVague(key)))
        {
            IEnumerable<IFieldSymbol?> members = Possible(key);
            if (logic.MayBeNull(key)) members = members.Append(null);
            var all = members.ToList();
            if (!all.Exists(member => logic.CanBe(true, key, member))) return false;
            if (!all.Exists(member => logic.CanBe(false, key, member))) return true;
        }

        return null;
    }

    /// <summary>What is known once a condition turned out true, or false.</summary>
    public StatusFacts Assume(Bound condition, bool truth)
    {
        if (condition is not Bound.Computed { Translation: var translation }) return this;
        var logic = new StatusLogic(translation);
        var ways = accepted.RemoveRange(accepted.Where(way => way.Value?.Decide(condition) == !truth).Select(way => way.Key));
        var facts = new StatusFacts(possible, ways, vague);
        foreach (var key in logic.Keys)
        {
            var left = facts.Possible(key).Where(member => logic.CanBe(truth, key, member)).ToList();
            if (left.Count == 0) continue;
            var known = facts.possible.TryGetValue(key, out var before) && before.Members.Count == left.Count
                ? before
                : new Known([.. left.Select(member => member.Name)], translation.Place);
            facts = new StatusFacts(facts.possible.SetItem(key, known), facts.accepted, vague);
        }

        return facts;
    }

    /// <param name="By">Where the flow ruled the others out.</param>
    private sealed record Known(ImmutableHashSet<string> Members, Place By)
    {
        public Known Or(Known other) => other.Members.IsSubsetOf(Members) ? this : new Known(Members.Union(other.Members), other.By);
    }
}
