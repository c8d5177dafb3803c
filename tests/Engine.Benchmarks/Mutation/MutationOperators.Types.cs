using Engine.Flows;

namespace Engine.Benchmarks;

internal sealed partial class MutationOperators
{
    private IEnumerable<Mutant> Swapped()
    {
        foreach (var part in flow.Parts)
        {
            if (part.Scalar is not { Value.Length: > 0 } scalar) continue;
            if (types.ArgumentType(part) is { } type)
            {
                yield return Replace("argument of another type", scalar, Expression(scalar, MutationTypes.IsText(type) ? "12" : "'text'"));
                foreach (var other in OtherArguments(part, type)) yield return Replace("argument of another type", scalar, Written(other));
                if (!scalar.Value.StartsWith('='))
                {
                    yield return Replace("literal of another type", scalar, "7x") with
                    {
                        Excluded = MutationTypes.IsText(type) ? MutationRules.AnyText : null,
                    };
                }
            }
            else if (part.Role is ValueRole.Duration or ValueRole.Count)
            {
                yield return Replace("literal of another type", scalar, part.Role == ValueRole.Duration ? "30" : "many");
            }
            else if (part.Role is ValueRole.True)
            {
                yield return Replace("literal of another type", scalar, "1");
            }
            else if (part.Role == ValueRole.Expression && part.IsOneOf("until", "while", "again_when") | part.Key.Value is "if" or "require")
            {
                yield return Replace("argument of another type", scalar, "\"'text'\"");
            }
        }
    }

    /// <summary>The other arguments of the same call whose types differ: two arguments changed places.</summary>
    private IEnumerable<Scalar> OtherArguments(FlowPart part, Type type) =>
        flow.Parts.Where(one => one.Owner == part.Owner && one != part && one.Scalar?.Value.StartsWith('=') == true)
            .Where(one => types.ArgumentType(one) is { } other && (Nullable.GetUnderlyingType(other) ?? other) != (Nullable.GetUnderlyingType(type) ?? type))
            .Select(one => one.Scalar!);

    private static string Expression(Scalar scalar, string code) => scalar.IsPlain ? $"={code}" : $"\"={code}\"";

    private string Written(Scalar scalar) => flow.Raw[flow.StartOf(scalar)..flow.EndOf(scalar)];

    private Mutant Replace(string what, Scalar scalar, string text, string? excluded = null) =>
        new(what, flow.StartOf(scalar), flow.EndOf(scalar), flow.Raw[flow.EndOf(scalar) - 1] == '\n' ? text + "\n" : text, excluded);

    /// <summary>A secret of the flow in every text and in every value that is none, from the place on where it is first passed to an operation.</summary>
    private IEnumerable<Mutant> Secrets()
    {
        var first = flow.Parts.FirstOrDefault(part =>
            types.ArgumentType(part) is { } type && MutationTypes.IsSecret(type) && part.Scalar?.Value.StartsWith('=') == true);
        if (first?.Scalar is not { } scalar) yield break;
        var secret = scalar.Value[1..];
        foreach (var part in flow.Parts)
        {
            if (part.Scalar is not { Value.Length: > 0 } value) continue;
            if (part.Role is ValueRole.Text or ValueRole.FixedText)
            {
                yield return Replace("secret into text", value, $"\"{Escaped(value.Value)} {{{{ {secret} }}}}\"");
            }
            else if (part.Role == ValueRole.Value && part.Owner?.Key.Value != "credentials"
                && (types.ArgumentType(part) is not { } type || !MutationTypes.IsSecret(type)))
            {
                yield return Replace("secret into text", value, $"\"{{{{ {secret} }}}}\"");
                yield return Replace("secret into a value", value, $"={secret}");
            }
        }
    }

    private static string Escaped(string text) => text.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", "\\n");

    /// <summary>Each step that reads a name is moved in front of the step of the same list that sets it.</summary>
    private IEnumerable<Mutant> Moved()
    {
        foreach (var steps in flow.Blocks)
        {
            var extents = steps.OfType<YamlNode.Map>().Select(step => flow.ExtentOfStep(step.Entries[0].Key)).ToList();
            for (var reader = 1; reader < extents.Count; reader++)
            {
                for (var setter = reader - 1; setter >= 0; setter--)
                {
                    var sets = SetsWithin(extents[setter]);
                    sets.IntersectWith(ReadsAfter(extents[reader].Start, extents[reader].End));
                    sets.ExceptWith(SetFirstWithin(extents[reader]));
                    if (sets.Count == 0) continue;
                    yield return Move(extents[setter], extents[reader], sets.All(name => HasValueBefore(name, extents[setter].Start)));
                    break;
                }
            }
        }
    }

    private Mutant Move((int Start, int End) setter, (int Start, int End) reader, bool isSet)
    {
        var moved = flow.Raw[reader.Start..reader.End];
        var rest = flow.Raw[setter.Start..reader.Start];
        return new Mutant("use before assignment", setter.Start, reader.End, (moved.EndsWith('\n') ? moved : moved + "\n") + rest, isSet ? MutationRules.StartsSet : null)
        {
            MovedLength = moved.Length,
        };
    }

    private HashSet<string> SetsWithin((int Start, int End) extent) =>
        flow.Parts.Where(one => flow.StartOf(one.Key) >= extent.Start && flow.StartOf(one.Key) < extent.End)
            .SelectMany(NamesSetBy).ToHashSet(StringComparer.Ordinal);

    /// <summary>What a step sets before it reads it: its form, and what the call of an earlier line gives.</summary>
    private IEnumerable<string> SetFirstWithin((int Start, int End) extent) =>
        SetsWithin(extent).Where(name => FirstOf(extent, part => NamesSetBy(part).Contains(name))
            < FirstOf(extent, part => MutatedText.NamesOf(part).Any(one => one.Kind == NameKind.Variable && one.Name == name)));

    private int FirstOf((int Start, int End) extent, Func<FlowPart, bool> fits) =>
        flow.Parts.Where(one => flow.StartOf(one.Key) >= extent.Start && flow.StartOf(one.Key) < extent.End && fits(one))
            .Select(one => flow.StartOf(one.Key)).DefaultIfEmpty(int.MaxValue).Min();

    private bool HasValueBefore(string name, int offset) =>
        flow.Parts.Any(part => flow.StartOf(part.Key) < offset && NamesSetBy(part).Contains(name))
        || flow.Parts.Any(part => part.Owner?.Key.Value == "vars" && part.Key.Value == name && part.Scalar?.Value.EndsWith('?') == true);

    /// <summary>Another member of the same enum in the flow; and, for each member that a flow names, a plugin that calls it something else.</summary>
    private IEnumerable<Mutant> Enums()
    {
        var named = new HashSet<string>(StringComparer.Ordinal);
        foreach (var part in flow.Parts)
        {
            foreach (var (name, scalar, at) in EnumNames(part))
            {
                foreach (var members in types.EnumsWith(name).Take(1))
                {
                    var other = members[(members.ToList().IndexOf(name) + 1) % members.Count];
                    var start = scalar.OffsetOf(at);
                    yield return new Mutant("changed enum member", start, start + name.Length, other,
                        part.KeyRole == KeyRole.Argument && part.Scalar == scalar && scalar.Value == name ? MutationRules.EnumArgument : null);
                    named.Add(name);
                }
            }
        }

        foreach (var name in named)
        {
            var old = MutationTypes.Pascal(name);
            yield return new Mutant("member renamed by the plugin", 0, 0, "") { Renamed = (old, $"{old[..^1]}{(old[^1] == 'x' ? 'y' : 'x')}"), RightName = name };
        }
    }

    private IEnumerable<(string Name, Scalar Scalar, int At)> EnumNames(FlowPart part)
    {
        if (part.KeyRole == KeyRole.Case)
        {
            foreach (var (word, at) in Alternatives(part.Key)) yield return (word, part.Key, at);
        }

        foreach (var name in MutatedText.NamesOf(part).Where(one => one.Kind == NameKind.EnumMember)) yield return (name.Name, part.Scalar!, name.At);
        if (part.Scalar is { } scalar && types.MembersFor(part).Contains(scalar.Value)) yield return (scalar.Value, scalar, 0);
    }
}
