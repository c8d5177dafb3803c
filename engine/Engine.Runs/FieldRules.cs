using System.Collections.Immutable;
using Engine.Flows;

namespace Engine.Runs;

/// <summary>Brings typed values into shape and checks them against their fields. The API, the starter and the machine ask the same rules.</summary>
public static class FieldRules
{
    /// <summary>Checks all values of a form as a prompt shows it.</summary>
    public static FieldCheck Check(IReadOnlyList<PromptField> fields, IReadOnlyDictionary<string, string> values) =>
        throw new NotSupportedException();

    /// <summary>Checks all values of a flow's input.</summary>
    public static FieldCheck Check(IReadOnlyList<Field> fields, IReadOnlyDictionary<string, string> values) =>
        throw new NotSupportedException();
}

/// <summary>What checking values gave.</summary>
/// <param name="Values">The values in shape, by field name; a field that was left empty is missing.</param>
/// <param name="Errors">Empty where every field takes its value.</param>
public sealed record FieldCheck(ImmutableDictionary<string, string> Values, ImmutableArray<FieldError> Errors)
{
    /// <summary>Names the fields, never a value.</summary>
    public override string ToString() => $"{Values.Count} values, {Errors.Length} errors";
}
