namespace Engine.Flows;

/// <summary>The keys of one map of the flow.</summary>
/// <param name="owner">What the map is, for messages: <c>'retry'</c>, <c>the 'call' step</c>.</param>
/// <param name="place">Where to say that a key is missing.</param>
internal sealed class Keys(YamlNode.Map map, string owner, Place place, FindingList findings)
{
    /// <summary>The map's entries; a misspelt key, once refused, is read as the one that was meant, so that nothing else seems to be missing.</summary>
    private readonly List<YamlEntry> entries = [.. map.Entries];

    public IEnumerable<YamlEntry> All => entries;

    /// <summary>Null where the key is not there.</summary>
    public YamlEntry? Find(string key) => entries.Find(entry => entry.Key.Value == key);

    /// <summary>Null, with a finding, where the key is not there.</summary>
    public YamlEntry? Require(string key)
    {
        var entry = Find(key);
        if (entry is null && map.IsWhole) findings.Error(FindingCodes.MissingKey, place,
            $"{owner} needs the key '{key}'");
        return entry;
    }

    /// <summary>Gives a finding for every key but these.</summary>
    public void RefuseOthers(params string[] allowed)
    {
        foreach (var entry in map.Entries.Where(entry => !allowed.Contains(entry.Key.Value)))
        {
            RefuseUnknown(entry, allowed);
        }
    }

    public void RefuseUnknown(YamlEntry entry, string[] allowed)
    {
        var name = entry.Key.Value;
        var hint = Nearest.DidYouMean(name, allowed);
        if (Nearest.Find(name, allowed) is { } meant && Find(meant) is null) entries[entries.IndexOf(entry)] = entry with { Key = entry.Key.ReadAs(meant) };
        if (hint.Length == 0) hint = allowed.Length == 0 ? "; it takes no further keys" : $"; its keys are {string.Join(", ", allowed)}";
        findings.Error(FindingCodes.UnknownKey, entry.Key.Place, $"{owner} has no key {Characters.Quote(name)}{hint}");
    }

    /// <summary>Gives a finding for each of the keys that stands there without another one.</summary>
    public void RequireWith(string needed, params string[] keys)
    {
        if (Find(needed) is not null) return;
        foreach (var entry in keys.Select(Find).OfType<YamlEntry>())
        {
            findings.Error(FindingCodes.KeysDoNotFit, entry.Key.Place,
                $"'{entry.Key.Value}' needs '{needed}' beside it");
        }
    }
}
