using System.Collections.Frozen;

namespace Engine.Plugins;

/// <summary>
/// What an operator set for a provider, by snake_case name, as text; values may be secret and are never printed. Two with the same
/// content are equal, and share one instance of the provider's class.
/// </summary>
public sealed class ProviderSettings : IEquatable<ProviderSettings>
{
    private readonly FrozenDictionary<string, string> values;
    private readonly int hash;

    /// <summary>Takes over the values.</summary>
    public ProviderSettings(IEnumerable<KeyValuePair<string, string>> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        this.values = values.ToFrozenDictionary(StringComparer.Ordinal);
        hash = this.values.Aggregate(0, (sum, pair) => sum ^ HashCode.Combine(pair.Key, pair.Value));
    }

    /// <summary>Nothing set: every setting has its default.</summary>
    public static ProviderSettings None { get; } = new([]);

    /// <summary>The names that are set, in order.</summary>
    public IEnumerable<string> Names => values.Keys.Order(StringComparer.Ordinal);

    /// <summary>These settings with others laid over them.</summary>
    public ProviderSettings With(IEnumerable<KeyValuePair<string, string>> others) =>
        new(others.Concat(values).DistinctBy(pair => pair.Key, StringComparer.Ordinal));

    public bool Equals(ProviderSettings? other) =>
        other is not null && values.Count == other.values.Count
        && values.All(pair => other.values.TryGetValue(pair.Key, out var value) && value == pair.Value);

    public override bool Equals(object? obj) => Equals(obj as ProviderSettings);

    public override int GetHashCode() => hash;

    /// <summary>The names only.</summary>
    public override string ToString() => string.Join(", ", Names);

    internal string? Find(string name) => values.GetValueOrDefault(name);
}
