using System.Collections.Immutable;

namespace Engine.Flows;

/// <summary>Gathers the entries of one map, refusing what YAML lets pass: equal keys, keys that are no names, values
/// cut off unnoticed.</summary>
internal sealed class MapEntries(FlowText text, FindingList findings, bool isFlowStyle)
{
    private readonly ImmutableArray<YamlEntry>.Builder entries = ImmutableArray.CreateBuilder<YamlEntry>();
    private readonly Dictionary<string, Place> seen = new(StringComparer.Ordinal);

    /// <summary>Whether all entries were taken.</summary>
    public bool AreWhole { get; private set; } = true;

    /// <param name="start">The offset at which the key begins.</param>
    public void Add(YamlNode key, YamlNode value, int start)
    {
        var before = findings.ErrorCount;
        Take(key, value, start);
        AreWhole &= before == findings.ErrorCount && key is YamlNode.Value;
    }

    public ImmutableArray<YamlEntry> ToImmutable() => entries.ToImmutable();

    private void Take(YamlNode key, YamlNode value, int start)
    {
        if (key is not YamlNode.Value { Scalar: var name })
        {
            if (key is not YamlNode.Refused) RefuseKey(key, start);
        }
        else if (name is { Value: "<<", IsPlain: true })
        {
            findings.Error(FindingCodes.Anchor, name.Place,
                "'<<' merges maps in YAML, which flows do not have; write the keys out");
        }
        else if (isFlowStyle && WasCut(value) is { } cut)
        {
            entries.RemoveAt(entries.Count - 1);
            findings.Error(FindingCodes.CutByFlowStyle, cut.Place,
                $"YAML ended the value {Characters.Quote(cut.Value)} at the ',' because it stands inside braces; put the whole value in quotes");
        }
        else if (isFlowStyle && ClosedBefore(value, start) is { } closed)
        {
            entries.RemoveAt(entries.Count - 1);
            findings.Error(FindingCodes.CutByFlowStyle, closed.Place, SyntaxTrouble.MoreAfterBrackets(closed is YamlNode.List ? '[' : '{'));
        }
        else if (!seen.TryAdd(name.Value, name.Place))
        {
            findings.Error(FindingCodes.DuplicateKey, name.Place, string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"{Characters.Quote(name.Value)} stands in this map already, in line {seen[name.Value].Line}; keep one of them"));
        }
        else
        {
            entries.Add(new YamlEntry(name, value));
        }
    }

    private void RefuseKey(YamlNode key, int start)
    {
        if (start > 0 && text.Raw.AsSpan(start - 1).StartsWith("{{"))
        {
            SyntaxTrouble.ExplainBraces(text, start, findings);
            return;
        }

        findings.Error(FindingCodes.KeyIsNoName, key.Place, $"a key is a name, and this is {key.Kind}");
    }

    /// <summary>The list or map before this entry, where no comma stands between them: <c>{ a: [0-9]+ }</c> has a key <c>+</c>.</summary>
    private YamlNode? ClosedBefore(YamlNode value, int start)
    {
        if (value is not YamlNode.Value { Scalar: { IsPlain: true, Value: "" } }) return null;
        if (entries.Count == 0 || entries[^1].Value is not (YamlNode.Map or YamlNode.List)) return null;
        var line = text.Raw.AsSpan(0, start);
        line = line[(line.LastIndexOf('\n') + 1)..].TrimEnd();
        return line is [.., ']' or '}'] ? entries[^1].Value : null;
    }

    /// <summary>The value before this entry, where the entry is only its rest: <c>{ a: =f(x, y) }</c> has a key
    /// <c>y)</c> without a value.</summary>
    private Scalar? WasCut(YamlNode value)
    {
        if (value is not YamlNode.Value { Scalar: { IsPlain: true, Value: "" } } || entries.Count == 0) return null;
        if (entries[^1].Value is not YamlNode.Value { Scalar: { IsPlain: true } before }) return null;
        return Brackets.AreOpen(before.Value) ? before : null;
    }
}
