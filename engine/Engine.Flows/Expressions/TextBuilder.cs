using System.Globalization;
using System.Runtime.CompilerServices;
using Engine.Sdk;

namespace Engine.Flows.Expressions;

/// <summary>
/// Puts a text with holes together, in the invariant culture and within the budget. What has no overload here has no text form:
/// a <see cref="Secret"/>, a <see cref="ShowOnce"/>, a whole record.
/// </summary>
public ref struct TextBuilder
{
    private DefaultInterpolatedStringHandler text;

    public TextBuilder(int literalLength, int holes)
    {
        Fuel.ChargeCharacters(literalLength);
        text = new DefaultInterpolatedStringHandler(literalLength, holes, CultureInfo.InvariantCulture);
    }

    /// <summary>A part between holes; charged by the constructor.</summary>
    public void Literal(string value) => text.AppendLiteral(value);

    public void Hole(string value)
    {
        // The proof keeps nulls out; a plugin that breaks its own annotations gives an empty text rather than a fault.
        if (value is null) return;
        Fuel.ChargeCharacters(value.Length);
        text.AppendLiteral(value);
    }

    public void Hole(bool value) => text.AppendLiteral(value ? "true" : "false");

    public void Hole(Uri value) => Hole(value?.OriginalString ?? "");

    public void Hole(DateTimeOffset value) => Hole(value.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture));

    /// <summary>A number, a duration, an id, or an enum member, which is written as flows write it.</summary>
    public void Hole<T>(T value)
        where T : struct, IFormattable
    {
        if (typeof(T).IsEnum)
        {
            Hole(Names.Snake(value.ToString() ?? ""));
            return;
        }

        Fuel.ChargeCharacters(32);
        text.AppendFormatted(value);
    }

    public string Build() => text.ToStringAndClear();
}
