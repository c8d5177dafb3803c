namespace Engine.Flows;

/// <summary>The numbered expressions of a flow, as <see cref="FlowScope"/> gives them.</summary>
internal sealed class ScopeParts
{
    public List<(Bound Value, bool IsNegated, int Line)> Conditions { get; } = [];

    public List<(Made Value, int Line)> Values { get; } = [];

    public List<(BoundBranch Branch, int Line)> Choices { get; } = [];

    public int Condition(Bound value, Place place, bool isNegated = false)
    {
        Conditions.Add((value, isNegated, place.Line));
        return Conditions.Count - 1;
    }

    public int Value(Bound value, Place place)
    {
        Values.Add((new Made.Single(value), place.Line));
        return Values.Count - 1;
    }

    public int Value(BoundRecord? record, Place place)
    {
        Values.Add((record is null ? new Made.Single(new Bound.Broken()) : new Made.Record(record), place.Line));
        return Values.Count - 1;
    }

    public int Choice(BoundBranch branch, Place place)
    {
        Choices.Add((branch, place.Line));
        return Choices.Count - 1;
    }
}

/// <summary>What a numbered value is made of.</summary>
internal abstract record Made
{
    public sealed record Single(Bound Value) : Made;

    public sealed record Record(BoundRecord Value) : Made;
}
