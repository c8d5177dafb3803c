using System.Collections.Immutable;

namespace Engine.Flows;

/// <summary>A node of the YAML file.</summary>
internal abstract record YamlNode(Place Place)
{
    public sealed record Value(Scalar Scalar) : YamlNode(Scalar.Place);

    /// <param name="IsWhole">Whether no entry was refused; a finding that one is missing would otherwise only repeat
    /// another.</param>
    public sealed record Map(Place Place, ImmutableArray<YamlEntry> Entries, bool IsWhole) : YamlNode(Place);

    public sealed record List(Place Place, ImmutableArray<YamlNode> Items) : YamlNode(Place);

    /// <summary>Something a finding was given for already, such as an alias; readers pass over it in silence.</summary>
    public sealed record Refused(Place Place) : YamlNode(Place);

    /// <summary>Whether nothing in it, at any depth, was refused.</summary>
    public bool IsWholeWithin => this switch
    {
        Map map => map.IsWhole && map.Entries.All(entry => entry.Value.IsWholeWithin),
        List list => list.Items.All(item => item.IsWholeWithin),
        _ => this is not Refused,
    };

    /// <summary>What it is, for messages.</summary>
    public string Kind => this switch
    {
        Map => "a map",
        List => "a list",
        _ => "a single value",
    };
}

/// <summary>A key and its value; keys of one map differ.</summary>
internal sealed record YamlEntry(Scalar Key, YamlNode Value);
