using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;

namespace Engine.Flows;

/// <summary>
/// Judges each value of a flow against what its place wants. Every value is judged once, however often it is asked for; what is
/// wrong goes to the findings.
/// </summary>
internal sealed partial class Binder(TypeModel model, ExpressionParser parser, FindingList findings)
{
    private const RegexOptions Plain = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;

    private static readonly Regex Path = new(@"\A(?<name>[a-z][a-z0-9_]*)(\??\.[a-z][a-z0-9_]*)+\z", Plain);
    private static readonly Regex ForeignHole = new(@"\$\{\s*(?<value>(?<name>[a-z][a-z0-9_]*)[a-z0-9_.?]*)\s*\}", Plain);

    private readonly Dictionary<object, object> bounds = new(ReferenceEqualityComparer.Instance);

    public TypeModel Model => model;

    /// <summary>Every expression judged so far.</summary>
    public List<Translation> Translations { get; } = [];

    private Library Library => model.Library;

    public Bound Condition(ValueNode.Expression node) => Once(node, () =>
    {
        var bound = Expression(node, Library.Special(SpecialType.System_Boolean), "a condition is true or false");
        if (bound is Bound.Computed { Translation: { Names.Reads.Count: 0 } translation })
        {
            findings.Warning(FindingCodes.ConstantCondition, translation.Place, "the condition reads nothing, so it is always the same");
        }

        return bound;
    });

    /// <summary>A value for a place of a bounds type.</summary>
    /// <param name="wants">What is said where it does not fit: <c>'code' is string</c>.</param>
    public Bound Value(ValueNode node, ITypeSymbol target, string wants) => Once(node, () => node switch
    {
        ValueNode.Expression expression => Expression(expression, target, wants),
        ValueNode.Text { IsLiteral: true } literal => Literal(literal.Scalar, target, wants),
        _ => Template(node.Scalar, target, wants),
    });

    /// <summary>A value whose type its place takes over.</summary>
    public Bound Any(ValueNode node) => Once(node, () => node switch
    {
        ValueNode.Expression expression => Translate(expression) is { } translation ? Alone(translation) : new Bound.Broken(),
        _ => TextOf(node.Scalar),
    });

    /// <summary>A text for people, or any other text with holes.</summary>
    public Bound Text(ValueNode node) => Once(node, () => node switch
    {
        ValueNode.Expression expression => Expression(expression, Library.Special(SpecialType.System_String), "a text is wanted"),
        _ => TextOf(node.Scalar),
    });

    /// <summary>Something to be shown: a text, an address, or what may be shown once.</summary>
    public Bound Shown(ValueNode node, string key) => Once(node, () =>
    {
        if (node is not ValueNode.Expression expression) return TextOf(node.Scalar);
        if (Translate(expression) is not { } translation) return new Bound.Broken();
        if (Library.Is(translation.Type, Library.Secret))
        {
            return Refuse(FindingCodes.SecretMisplaced, translation, $"a secret cannot be shown; '{key}' takes a text or what may be shown once");
        }

        var fits = translation.Type is null or { SpecialType: SpecialType.System_String }
            || Library.Is(translation.Type, Library.ShowOnce) || Library.Is(translation.Type, Library.Uri);
        return fits
            ? new Bound.Computed(translation, "", Unwraps: false, IsNullWanted: true)
            : Refuse(FindingCodes.TypeMismatch, translation, $"'{key}' shows a text, and this is {Words(translation.Type)}");
    });

    /// <summary>A value that may be of one of several types.</summary>
    public Bound OneOf(ValueNode.Expression node, string wants, bool isNullWanted, params ITypeSymbol[] targets) => Once<Bound>(node, () =>
    {
        if (Translate(node) is not { } translation) return new Bound.Broken();
        if (translation.Type is not { } declared) return new Bound.Computed(translation, "", Unwraps: false, isNullWanted);
        var type = Library.Underlying(declared);
        if (!targets.Any(target => Library.Is(type, target)))
        {
            var finding = Library.IsSensitive(type) ? FindingCodes.SecretMisplaced : FindingCodes.TypeMismatch;
            return Refuse(finding, translation, $"{wants}, and this is {Words(type)}");
        }

        return isNullWanted
            ? new Bound.Computed(translation, "", Unwraps: false, IsNullWanted: true)
            : new Bound.Computed(translation, TypeNames.Code(type), Library.IsNullableValue(declared), IsNullWanted: false);
    });

    /// <summary>The holes of a text, in order, as values of their own.</summary>
    public IEnumerable<Bound> HolesOf(Scalar scalar) => TextOf(scalar) switch
    {
        Bound.Text text => text.Pieces.Select(piece => piece.Hole).OfType<Bound>(),
        _ => [],
    };

    /// <summary>Whether values of a type have a text form: numbers, texts, moments and the like.</summary>
    public bool IsPlain(ITypeSymbol type) => HasTextForm(Library.Underlying(type));

    private Bound Alone(Translation translation) =>
        translation.Type is not null || translation.Source.Syntax.IsKind(Microsoft.CodeAnalysis.CSharp.SyntaxKind.NullLiteralExpression)
            ? new Bound.Computed(translation, TargetOf(translation), Unwraps: false, IsNullWanted: true)
            : Refuse(FindingCodes.TypeMismatch, translation, "the type of this is not clear; declare the variable under 'vars'");

    private static string TargetOf(Translation translation) =>
        translation is { NeedsTarget: true, Type: { } type } ? TypeNames.Code(type) : "";

    private T Once<T>(object node, Func<T> bind)
        where T : class
    {
        if (!bounds.TryGetValue(node, out var bound)) bounds[node] = bound = bind();
        return (T)bound;
    }

    private Bound Expression(ValueNode.Expression node, ITypeSymbol target, string wants) =>
        Translate(node) is { } translation ? Fit(translation, target, wants) : new Bound.Broken();

    private Bound Fit(Translation translation, ITypeSymbol target, string wants)
    {
        var isNullWanted = Library.IsNullableValue(target)
            || target is { IsReferenceType: true, NullableAnnotation: not NullableAnnotation.NotAnnotated };
        var code = TypeNames.Code(target) + (isNullWanted && target.IsReferenceType ? "?" : "");
        if (translation.Type is not { } type) return new Bound.Computed(translation, code, Unwraps: false, isNullWanted);
        var unwraps = Library.IsNullableValue(type) && target.IsValueType && !Library.IsNullableValue(target);
        // A secret stays what it is: as an object, or as anything else, it could be written out.
        if (Library.HoldsSensitive(type) && !Library.Is(Library.Underlying(type), Library.Underlying(target)))
        {
            return Refuse(FindingCodes.SecretMisplaced, translation, $"{wants}, and this is {Words(type)}{Advice(type, target)}");
        }

        if (model.IsConvertible(unwraps ? Library.Underlying(type) : type, target))
        {
            return new Bound.Computed(translation, code, unwraps, isNullWanted);
        }

        var finding = Library.IsSensitive(type) ? FindingCodes.SecretMisplaced : FindingCodes.TypeMismatch;
        return Refuse(finding, translation, $"{wants}, and this is {Words(type)}{Advice(type, target)}");
    }

    private string Advice(ITypeSymbol type, ITypeSymbol target)
    {
        if (!Library.IsSensitive(type) && Library.HoldsSensitive(type)) return ", which holds a secret";
        if (Library.IsSensitive(type)) return ", which may go into a parameter of its own kind only";
        if (Library.IsSensitive(target)) return "; a secret comes from a field of type secret or from an operation";
        return target.SpecialType == SpecialType.System_String ? "; a text with a hole makes text of it: \"{{ … }}\"" : "";
    }

    private Bound Literal(Scalar scalar, ITypeSymbol target, string wants)
    {
        if (Literals.CodeOf(scalar.Value, target, Library, out var advice) is { } code)
        {
            WarnWhereLikeValue(scalar);
            return new Bound.Constant(scalar, code);
        }

        findings.Error(Library.IsSensitive(Library.Underlying(target)) ? FindingCodes.SecretMisplaced : FindingCodes.TypeMismatch,
            scalar.Place, $"{wants}; {advice}");
        return new Bound.Broken();
    }

    private Bound Template(Scalar scalar, ITypeSymbol target, string wants)
    {
        if (target.SpecialType == SpecialType.System_String) return TextOf(scalar);
        findings.Error(FindingCodes.TypeMismatch, scalar.Place,
            $"{wants}, and a text with holes is a text; write the expression with a '=' before it and without the braces");
        return new Bound.Broken();
    }

    private Bound TextOf(Scalar scalar)
    {
        var template = parser.ParseText(scalar);
        if (template.Parts is [] or [TemplatePart.Literal])
        {
            WarnWhereLikeValue(scalar);
            return new Bound.Constant(scalar, Code(scalar.Value));
        }

        var pieces = template.Parts.Select(part => part switch
        {
            TemplatePart.Literal literal => new TextPiece(literal.Text, null),
            TemplatePart.Hole { Value: { } value } when Hole(value) is { } hole => new TextPiece("", hole),
            _ => null,
        }).ToList();
        return pieces.Contains(null) ? new Bound.Broken() : new Bound.Text(scalar, [.. pieces.OfType<TextPiece>()]);
    }

    /// <summary>What is taken for a text and was surely meant as a value: <c>input.name</c> without its '=', or a hole as other languages write it.</summary>
    private void WarnWhereLikeValue(Scalar scalar)
    {
        if (Path.Match(scalar.Value) is { Success: true } path && model.Types.Slots.Find(path.Groups["name"].Value) is not null)
        {
            findings.Warning(FindingCodes.TextLikeValue, scalar.Place, $"this is the text '{scalar.Value}' itself; for the value write '={scalar.Value}'");
        }

        foreach (var hole in ForeignHole.Matches(scalar.Value).Where(hole => model.Types.Slots.Find(hole.Groups["name"].Value) is not null))
        {
            findings.Warning(
                FindingCodes.TextLikeValue, scalar.PlaceOf(hole.Index, hole.Length), $"this is shown as it stands; a hole is written '{{{{ {hole.Groups["value"].Value} }}}}'");
        }
    }

    private Bound.Computed? Hole(Expression expression)
    {
        if (Translate(expression) is not { } translation) return null;
        if (translation.Type is not { } declared)
        {
            findings.Error(FindingCodes.TypeMismatch, translation.Place, "this has no text form");
            return null;
        }

        var type = Library.Underlying(declared);
        if (HasTextForm(type))
        {
            return new Bound.Computed(translation, TypeNames.Code(type), Library.IsNullableValue(declared), IsNullWanted: false);
        }

        if (Library.IsSensitive(type)) Refuse(FindingCodes.SecretIntoText, translation, $"a {Words(type)} value cannot be put into a text");
        else Refuse(FindingCodes.TypeMismatch, translation, $"'{Words(type)}' as a whole has no text form; choose one of its members");
        return null;
    }

    private bool HasTextForm(ITypeSymbol type) =>
        type.TypeKind == TypeKind.Enum
        || type.SpecialType is SpecialType.System_String or SpecialType.System_Boolean or SpecialType.System_Decimal
            or (>= SpecialType.System_SByte and <= SpecialType.System_Double)
        || new[] { Library.TimeSpan, Library.Moment, Library.Guid, Library.Uri }.Any(one => Library.Is(type, one));

    private Translation? Translate(ValueNode.Expression node) => parser.Parse(node) is { } expression ? Translate(expression) : null;

    private Translation? Translate(Expression expression)
    {
        var translation = Translator.Translate(model, expression, findings, out _);
        if (translation is not null) Translations.Add(translation);
        return translation;
    }

    private Bound.Broken Refuse(FindingCode code, Translation translation, string message)
    {
        findings.Error(code, translation.Place, message);
        return new Bound.Broken();
    }

    private static string Code(string text) => Microsoft.CodeAnalysis.CSharp.SymbolDisplay.FormatLiteral(text, quote: true);

    private static string Words(ITypeSymbol? type) => type is null ? "null" : TypeNames.Words(type);
}
