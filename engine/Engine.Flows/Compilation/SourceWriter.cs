using System.Text;

namespace Engine.Flows;

/// <summary>Generated code with an exact map from each piece of it to the characters of the flow that it stands for.</summary>
internal sealed class SourceWriter
{
    private readonly StringBuilder code = new();
    private readonly List<Segment> segments = [];

    public int Length => code.Length;

    /// <summary>Writes code of the generator's own.</summary>
    public SourceWriter Write(string text)
    {
        code.Append(text);
        return this;
    }

    /// <summary>Writes code that stands for some characters of a scalar.</summary>
    public SourceWriter Write(string text, Scalar scalar, int start, int length)
    {
        segments.Add(new Segment(code.Length, text.Length, scalar, start, length));
        code.Append(text);
        return this;
    }

    public void Write(Translation translation)
    {
        foreach (var piece in translation.Pieces) Write(piece, translation.Source);
    }

    public void Write(Piece piece, Expression source)
    {
        if (piece.Length == 0) Write(piece.Code);
        else Write(piece.Code, source.Scalar, source.Start + piece.Start, piece.Length);
    }

    /// <summary>The place in the flow of a stretch of generated code; null where it is wholly the generator's own.</summary>
    public Place? Find(int start, int end) => FindStretch(start, end) is var (scalar, from, length) ? scalar.PlaceOf(from, length) : null;

    /// <summary>The characters that a stretch of generated code stands for.</summary>
    public (Scalar Scalar, int Start, int Length)? FindStretch(int start, int end)
    {
        var first = FirstAt(start);
        if (first < 0 || segments[first].Code >= Math.Max(end, start + 1)) return null;
        var last = first;
        while (last + 1 < segments.Count && Continues(segments[last + 1])) last++;
        var (from, to) = (segments[first], segments[last]);
        return (from.Scalar, from.Start, to.Start + to.Length - from.Start);

        bool Continues(Segment next) => next.Code < end && ReferenceEquals(next.Scalar, segments[first].Scalar);
    }

    public override string ToString() => code.ToString();

    /// <summary>The first segment that ends after the offset.</summary>
    private int FirstAt(int offset)
    {
        var (low, high) = (0, segments.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (segments[middle].Code + segments[middle].CodeLength > offset) high = middle;
            else low = middle + 1;
        }

        return low < segments.Count ? low : -1;
    }

    private readonly record struct Segment(int Code, int CodeLength, Scalar Scalar, int Start, int Length);
}
