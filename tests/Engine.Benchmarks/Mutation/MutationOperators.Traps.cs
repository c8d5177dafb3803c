using Engine.Flows;

namespace Engine.Benchmarks;

/// <summary>The traps of YAML: what an author writes who does not know that a value had to stand in quotes.</summary>
internal sealed partial class MutationOperators
{
    private IEnumerable<Mutant> Traps() => flow.Parts.SelectMany(TrapsAt);

    private IEnumerable<Mutant> TrapsAt(FlowPart part)
    {
        if (Twice(part) is { } twice) yield return twice;
        if (part.Role == ValueRole.True) yield return Replace("YAML: no for a boolean", part.Scalar!, "no");
        if (part.Scalar is not { Value.Length: > 0 } scalar) yield break;
        if (part.Role is ValueRole.Text or ValueRole.FixedText)
        {
            foreach (var mutant in TextTraps(scalar)) yield return mutant;
        }
        else if (part.Role == ValueRole.Expression || (part.Role == ValueRole.Value && scalar.Value.StartsWith('=')))
        {
            foreach (var mutant in ExpressionTraps(part, scalar)) yield return mutant;
        }
    }

    private IEnumerable<Mutant> TextTraps(Scalar scalar)
    {
        yield return Replace("YAML: braces without quotes", scalar, $"{{{{ now.year }}}} {Plain(scalar.Value)}");
        yield return Replace("YAML: leading quote", scalar, $"'{Plain(scalar.Value)}' now");
        yield return Replace("YAML: leading *", scalar, $"*{Plain(scalar.Value)}");
        yield return Replace("YAML: leading &", scalar, $"&{Plain(scalar.Value)}");
        yield return Replace("YAML: leading !", scalar, $"!{Plain(scalar.Value)}");
        yield return Replace("YAML: colon in a value", scalar, $"Note: {Plain(scalar.Value)}");
        yield return Replace("YAML: comment sign in a value", scalar, $"{Plain(scalar.Value)} #1 now");
        if (flow.IsInBracesValue(scalar)) yield return Replace("YAML: comma in braces", scalar, $"{Plain(scalar.Value)}, please");
    }

    private IEnumerable<Mutant> ExpressionTraps(FlowPart part, Scalar scalar)
    {
        var sign = part.Role == ValueRole.Expression ? "" : "=";
        var code = Plain(scalar.Value[sign.Length..]);
        yield return Replace("YAML: comment sign in a value", scalar, $"{sign}{code} == 'a #1'");
        yield return Replace("YAML: colon in a value", scalar, $"{sign}{code} is null ? {code} : {code}");
        if (sign.Length == 0)
        {
            yield return Replace("YAML: leading !", scalar, $"!{code}");
            yield return Replace("YAML: leading *", scalar, $"*{code}");
            yield return Replace("YAML: leading &", scalar, $"&{code}");
            yield return Replace("YAML: leading quote", scalar, $"'new' == {code}");
        }

        yield return Replace("YAML: braces without quotes", scalar, $"{{{{ {code} }}}}");
        if (!flow.IsInBracesValue(scalar)) yield break;
        yield return Replace("YAML: comma in braces", scalar, $"{sign}first({code}, 2)");
        yield return Replace("YAML: bracket in braces", scalar, $"{sign}{code}[0]");
        yield return Replace("YAML: brace in braces", scalar, $"{sign}{code} is {{ length: 1 }}");
    }

    /// <summary>The value as it would stand without quotes, in one line.</summary>
    private static string Plain(string value) => value.Replace("\n", " ", StringComparison.Ordinal).Replace(": ", " ", StringComparison.Ordinal).Replace("{{", "", StringComparison.Ordinal).Replace("}}", "", StringComparison.Ordinal).Replace(", ", " ", StringComparison.Ordinal);

    /// <summary>The same key a second time, behind itself.</summary>
    private Mutant? Twice(FlowPart part)
    {
        if (part.Siblings.Count == 0 || part.Value is null) return null;
        if (flow.IsInBraces(part.Key))
        {
            var start = flow.StartOf(part.Key);
            var end = flow.EndOfEntry(part.Key);
            return new Mutant("YAML: key twice", start, end, $"{flow.Raw[start..end].TrimEnd()}, {flow.Raw[start..end].TrimEnd()} ") { AlsoRight = [start] };
        }

        if (part.Scalar is not { } scalar || part.Key == part.Step) return null;
        var (from, to) = (flow.StartOfLine(part.Key.Place.Line), flow.ExtentOf(part)?.End ?? flow.EndOf(scalar) + 1);
        var entry = flow.Raw[from..to];
        return new Mutant("YAML: key twice", to, to, (entry.EndsWith('\n') ? "" : "\n") + entry);
    }
}
