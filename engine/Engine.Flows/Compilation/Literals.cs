using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Engine.Flows;

/// <summary>Values that a flow writes out, in the type that their place wants.</summary>
internal static class Literals
{
    /// <summary>The C# code; null, with what would be right, where the text does not fit the type.</summary>
    public static string? CodeOf(string text, ITypeSymbol wanted, Library library, out string advice)
    {
        var type = Library.Underlying(wanted);
        advice = $"write {TypeNames.Words(type)}, or an expression that begins with '='";
        if (library.IsSensitive(type))
        {
            advice = "a secret is never written in a flow; it comes from a field of type secret or from an operation";
            return null;
        }

        if (Library.Is(type, library.TimeSpan))
        {
            advice = "write a duration such as 90s, 5m or 1h30m";
            return Grammar.ParseDuration(text) is { } span
                ? string.Create(CultureInfo.InvariantCulture, $"new global::System.TimeSpan({span.Ticks}L)")
                : null;
        }

        if (type is INamedTypeSymbol { TypeKind: TypeKind.Enum } choice) return Member(text, choice, ref advice);
        return type.SpecialType switch
        {
            SpecialType.System_String => SymbolDisplay.FormatLiteral(text, quote: true),
            SpecialType.System_Boolean => text is "true" or "false" ? text : null,
            SpecialType.System_Int32 => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
                ? number.ToString(CultureInfo.InvariantCulture) : null,
            SpecialType.System_Int64 => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
                ? string.Create(CultureInfo.InvariantCulture, $"{number}L") : null,
            SpecialType.System_Decimal => decimal.TryParse(text, Fraction, CultureInfo.InvariantCulture, out var number)
                ? string.Create(CultureInfo.InvariantCulture, $"{number}m") : null,
            SpecialType.System_Double => double.TryParse(text, Fraction, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
                ? number.ToString("R", CultureInfo.InvariantCulture) + "d" : null,
            _ => null,
        };
    }

    private const NumberStyles Fraction = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;

    private static string? Member(string text, INamedTypeSymbol choice, ref string advice)
    {
        if (Grammar.IsName(text) && Translator.FindMember(choice, text) is { } member) return Translator.CodeOf(member);
        if (Grammar.IsName(text) && Translator.WhyWithheld(choice, text) is { } because)
        {
            advice = because;
            return null;
        }

        var near = Nearest.Find(text, Translator.MembersOf(choice));
        advice = near is null ? $"write {string.Join(" or ", Translator.MembersOf(choice))}" : $"did you mean '{near}'?";
        return null;
    }
}
