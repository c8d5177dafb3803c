using System.Collections.Immutable;

namespace Engine.Flows;

/// <summary>Turns the fields of an answer into shapes; conditions are numbered in the order in which they are met.</summary>
/// <param name="first">The number of the first condition.</param>
internal sealed class AnswerShapes(ProviderDocument document, int first)
{
    private int next = first;

    public AnswerShape.Record RecordOf(string name, ImmutableArray<ProviderField> fields) => new(
        $"{document.Namespace}.{name}",
        [.. fields.Select(field => new RecordField(field.Name.Value, field.From, Of(name, field), field.IsOptional))]);

    public AnswerShape Of(string owner, ProviderField field) => Of(ProviderSource.NameOf(owner, field.Name.Value), field.Type);

    private AnswerShape Of(string name, ProviderType type) => type switch
    {
        ProviderType.Small small => new AnswerShape.Scalar(small.Type),
        ProviderType.Words => new AnswerShape.Word($"{document.Namespace}.{name}"),
        ProviderType.Chosen chosen => new AnswerShape.Chosen(
            $"{document.Namespace}.{name}", [.. chosen.Members.Select(member => KeyValuePair.Create(member.Name.Value, next++))]),
        ProviderType.Record record => RecordOf(name, record.Fields),
        ProviderType.List list => new AnswerShape.List(Of(name, list.Item)),
        _ => throw new InvalidOperationException($"'{type}' has no shape"),
    };
}
