using System.Diagnostics.CodeAnalysis;

namespace Engine.Host;

/// <summary>The answers on the command line, by field. Each is given once; several for one field in their order.</summary>
internal sealed class GivenAnswers
{
    private readonly Dictionary<string, Queue<string>> left = new(StringComparer.Ordinal);

    public GivenAnswers(IEnumerable<KeyValuePair<string, string>> answers)
    {
        foreach (var (field, value) in answers)
        {
            if (!left.TryGetValue(field, out var values)) left[field] = values = [];
            values.Enqueue(value);
        }
    }

    public bool TryTake(string field, [NotNullWhen(true)] out string? answer)
    {
        answer = null;
        return left.TryGetValue(field, out var values) && values.TryDequeue(out answer);
    }
}
