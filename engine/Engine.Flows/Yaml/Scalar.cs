using YamlDotNet.Core;

namespace Engine.Flows;

/// <summary>
/// A single value of the file: what it says, and for each of its characters where that stands in the file, whatever
/// way it is
/// quoted, escaped or folded.
/// </summary>
internal sealed class Scalar
{
    private readonly FlowText text;
    private readonly ScalarMap map;

    /// <param name="start">The offset of the first character, quotes and block indicators included.</param>
    /// <param name="end">The offset one past the last.</param>
    public Scalar(FlowText text, string value, ScalarStyle style, int start, int end)
    {
        this.text = text;
        Value = value;
        Style = style;
        map = ScalarMap.Of(text.Raw, value, style, start, end);
        Place = text.PlaceOf(start, end);
        End = end;
    }

    /// <summary>The decoded value.</summary>
    public string Value { get; }

    /// <summary>How it is written.</summary>
    public ScalarStyle Style { get; }

    /// <summary>All of it, quotes included.</summary>
    public Place Place { get; }

    /// <summary>The offset in the file one past its last character.</summary>
    public int End { get; }

    /// <summary>Whether it stands without quotes and not as a block.</summary>
    public bool IsPlain => Style == ScalarStyle.Plain;

    /// <summary>Whether each character's place is known; otherwise all are taken to be at the beginning.</summary>
    public bool IsExact => map.IsExact;

    /// <summary>The place of some characters of the decoded value.</summary>
    /// <param name="start">The first one, counted from 0; may be one past the last.</param>
    public Place PlaceOf(int start, int length) => text.PlaceOf(map.StartOf(start), map.EndOf(start, length));

    /// <summary>The offset in the file of a character of the decoded value.</summary>
    public int OffsetOf(int index) => map.StartOf(index);

    /// <summary>The same place, read as the name that was meant there.</summary>
    public Scalar ReadAs(string meant) => new(text, meant, Style, OffsetOf(0), End);

    public override string ToString() => Value;
}

/// <summary>Some characters of a scalar: one of the names in <c>a or b</c>, or the alias in
/// <c>radist.telegram_init</c>.</summary>
internal sealed record Word(Scalar Scalar, int Start, int Length)
{
    /// <summary>What it says.</summary>
    public string Value => Scalar.Value.Substring(Start, Length);

    public Place Place => Scalar.PlaceOf(Start, Length);

    public override string ToString() => Value;
}
