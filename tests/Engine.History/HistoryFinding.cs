namespace Engine.History;

/// <summary>Something in a history that must not be.</summary>
/// <param name="Code">A stable word, such as <c>input_lost</c>.</param>
/// <param name="Run">The run's name.</param>
/// <param name="Seq">The journal entry where it shows; 0 where it is about none.</param>
/// <param name="What">What is wrong, with what would be right.</param>
public sealed record HistoryFinding(string Code, string Run, long Seq, string What)
{
    public override string ToString() => Seq == 0 ? $"{Code}: {Run}: {What}" : $"{Code}: {Run}, entry {Seq}: {What}";
}
