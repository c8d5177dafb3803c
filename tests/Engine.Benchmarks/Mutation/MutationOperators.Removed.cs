using Engine.Flows;

namespace Engine.Benchmarks;

internal sealed partial class MutationOperators
{
    private IEnumerable<Mutant> Removed()
    {
        foreach (var part in flow.Parts)
        {
            var name = part.Key.Value;
            if (part.KeyRole is KeyRole.Case or KeyRole.Failure)
            {
                foreach (var mutant in RemovedName(part)) yield return mutant;
            }
            else if (part.Step is not null && part.IsOneOf("timeout", "max", "every", "on_timeout", "on_give_up") && !(part.Owner?.Key.Value is "retry"))
            {
                if (Remove("removed timeout", part) is { } mutant) yield return mutant with { Excluded = DefaultOf(part) };
            }
            else if (part.IsOneOf("undo", "because"))
            {
                if (Remove("removed undo", part) is { } mutant) yield return mutant;
                if (name == "undo" && RemovedPair(part) is { } both) yield return both;
            }
            else if (part.IsOneOf("else"))
            {
                if (Remove("dropped else", part) is { } mutant) yield return mutant with { Excluded = ElseRule(part), RightName = NameOnlySetIn(part) };
            }
        }
    }

    private IEnumerable<Mutant> RemovedName(FlowPart part)
    {
        var isCase = part.KeyRole == KeyRole.Case;
        var rule = isCase ? null : FailureRule(part);
        var what = isCase ? "removed case" : "removed failure";
        var places = isCase ? [] : CallsThatMayFail(part.Key.Value);
        var names = Alternatives(part.Key).ToList();
        if (names.Count == 1)
        {
            var mutant = part.Value is null ? RemovedItem(what, part) : Remove(what, part) ?? RemovedWithOwner(what, part);
            if (mutant is not null) yield return mutant with { RightName = part.Key.Value, Excluded = rule, AlsoRight = [.. mutant.AlsoRight, .. places] };
            yield break;
        }

        for (var i = 0; i < names.Count; i++)
        {
            var left = string.Join(" or ", names.Where((_, at) => at != i).Select(one => one.Word));
            rule = isCase ? null : FailureRule(part, names[i].Word);
            yield return new Mutant(what, flow.StartOf(part.Key), flow.EndOf(part.Key), left, rule) { AlsoRight = [.. Around(part), .. places] };
        }
    }

    /// <summary>The names of the calls that may end with the failure: that is where a missing one is missing.</summary>
    private IEnumerable<int> CallsThatMayFail(string code) =>
        flow.Parts.Where(part => part.Role == ValueRole.Operation && part.Scalar is not null)
            .Where(part => types.FindOperation(part.Scalar!.Value) is { } operation
                && (operation.Failures.Any(failure => failure.Code == code) || (code == "in_doubt" && operation.Effect == Sdk.Effect.Once)))
            .Select(part => flow.StartOf(part.Scalar!));

    private Mutant? RemovedItem(string what, FlowPart part)
    {
        var (start, end) = (flow.StartOf(part.Key), flow.EndOf(part.Key));
        if (flow.Raw[end] == ',') end += 2;
        else if (flow.Raw[start - 2] == ',') start -= 2;
        else return null;
        return new Mutant(what, start, end, "") { AlsoRight = [start] };
    }

    /// <summary>The only entry of a map that is indented goes with the key it stands under.</summary>
    private Mutant? RemovedWithOwner(string what, FlowPart part)
    {
        if (!flow.IsInBraces(part.Key)) return part.Owner is { } owner ? Remove(what, owner) : null;
        var open = flow.Raw.LastIndexOf('{', flow.StartOf(part.Key));
        var end = flow.StartOf(part.Key);
        for (var depth = 0; flow.Raw[end] != '}' || depth > 0; end++) depth += flow.Raw[end] == '{' ? 1 : flow.Raw[end] == '}' ? -1 : 0;
        return new Mutant(what, open + 1, end, "") { AlsoRight = [.. Around(part)] };
    }

    private Mutant? Remove(string what, FlowPart part) =>
        flow.ExtentOf(part) is var (start, end) ? new Mutant(what, start, end, "") { AlsoRight = [.. Around(part)] } : null;

    private Mutant? RemovedPair(FlowPart undo)
    {
        var because = flow.Parts.FirstOrDefault(part => part.IsOneOf("because") && ReferenceEquals(part.Siblings, undo.Siblings));
        if (because is null || flow.ExtentOf(undo) is not var (start, end) || flow.ExtentOf(because) is not var (next, last) || next != end) return null;
        return new Mutant("removed undo", start, last, "") { AlsoRight = [.. Around(undo)] };
    }

    /// <summary>The keys of the map that lost something, the key it stands under, and its step's verb.</summary>
    private IEnumerable<int> Around(FlowPart part)
    {
        foreach (var sibling in part.Siblings.Where(sibling => sibling.Key != part.Key)) yield return flow.StartOf(sibling.Key);
        if (part.Owner is { } owner) yield return flow.StartOf(owner.Key);
        if (part.Step is { } step) yield return flow.StartOf(step);
    }

    /// <summary>Only where the language reference gives the key a default, and no key is left that needs it.</summary>
    private static string? DefaultOf(FlowPart part)
    {
        var others = part.Siblings.Select(entry => entry.Key.Value).ToHashSet(StringComparer.Ordinal);
        var verb = part.Step?.Value;
        return part.Key.Value switch
        {
            "max" when verb == "prompt" || part.Owner?.Owner?.Key.Value == "actions" => MutationRules.Default,
            "on_timeout" => MutationRules.Default,
            "timeout" when !others.Contains("on_timeout") => MutationRules.Default,
            _ => null,
        };
    }

    /// <summary>A branch needs its else; what an if or a require does without one is documented.</summary>
    private string? ElseRule(FlowPart part)
    {
        if (part.Step?.Value == "branch" || flow.ExtentOf(part) is not var (start, end)) return null;
        var inside = flow.Parts.Where(one => flow.StartOf(one.Key) >= start && flow.StartOf(one.Key) < end).ToList();
        var sets = inside.SelectMany(NamesSetBy).ToHashSet(StringComparer.Ordinal);
        return ReadsAfter(end, int.MaxValue).Any(sets.Contains) ? null : MutationRules.ElseOnly;
    }

    private string? NameOnlySetIn(FlowPart part) =>
        flow.ExtentOf(part) is var (start, end) ? SetsWithin((start, end)).FirstOrDefault(ReadsAfter(end, int.MaxValue).Contains) : null;

    /// <summary>What is caught may be uncaught where it is listed; what is listed may be unlisted where only polls that wait it out meet it.</summary>
    private string? FailureRule(FlowPart part, string? word = null)
    {
        var code = word ?? part.Key.Value;
        var isEntryOfFails = part.Owner?.Key.Value == "fails" && part.Owner.Step is null;
        if (!isEntryOfFails)
        {
            var isListed = flow.Parts.Any(one => one.KeyRole == KeyRole.Failure && one.Owner?.Key.Value == "fails" && one.Key.Value == code);
            return isListed || EndCodes.OfAnyCall.Contains(code) ? MutationRules.Listed : null;
        }

        if (code == CompiledFlow.Expired) return MutationRules.Listed;
        if (flow.Parts.Any(one => one.Role == ValueRole.Failure && one.Scalar?.Value == code)) return null;
        var places = CallsThatMayFail(code).ToHashSet();
        return code != "in_doubt" && flow.Parts.Where(one => one.Scalar is { } scalar && places.Contains(flow.StartOf(scalar)))
            .All(one => one.Key.Value == "poll") ? MutationRules.LaterPoll : null;
    }

    private static IEnumerable<string> NamesSetBy(FlowPart part) =>
        part.Role == ValueRole.Declared ? [part.Scalar!.Value]
        : part is { KeyRole: KeyRole.Name, Owner.Key.Value: "set" } ? [part.Key.Value]
        : [];

    private IEnumerable<string> ReadsAfter(int start, int end) =>
        flow.Parts.Where(one => flow.StartOf(one.Key) >= start && flow.StartOf(one.Key) < end)
            .SelectMany(MutatedText.NamesOf).Where(name => name.Kind == NameKind.Variable).Select(name => name.Name);
}
