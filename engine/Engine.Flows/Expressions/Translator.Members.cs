using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Engine.Flows;

internal sealed partial class Translator
{
    /// <summary>The members of a value as flows name them.</summary>
    private IEnumerable<IPropertySymbol> PropertiesOf(ITypeSymbol type)
    {
        var isOwn = type.SpecialType is not (SpecialType.None or SpecialType.System_Object) || type.ContainingAssembly?.Name == "System.Runtime";
        if (!isOwn && !model.IsReadable(type)) return [];
        var seen = new HashSet<string>(StringComparer.Ordinal);
        return Bases(type).SelectMany(one => one.GetMembers()).OfType<IPropertySymbol>().Where(property =>
            property is { IsStatic: false, IsIndexer: false, DeclaredAccessibility: Accessibility.Public, GetMethod: not null }
            && property.Name != "EqualityContract" && seen.Add(property.Name));
    }

    private static IEnumerable<ITypeSymbol> Bases(ITypeSymbol type)
    {
        for (var one = type; one is not null; one = one.BaseType) yield return one;
        foreach (var one in type.AllInterfaces) yield return one;
    }

    private ITypeSymbol? Member(ITypeSymbol? receiver, SimpleNameSyntax name, bool isCall)
    {
        var text = TextOf(name.Identifier);
        if (receiver is null)
        {
            names.Replace(name.Identifier, Names.Pascal(text));
            return null;
        }

        if (Library.IsNullableValue(receiver) && Property(receiver, text) is { } own) return Use(own, name, "");
        var type = Library.Underlying(receiver);
        var unwrap = Library.IsNullableValue(receiver) ? "Value." : "";
        if (Property(type, text) is { } property) return Use(property, name, unwrap);
        var function = FunctionsOf(type).FirstOrDefault(one => Matches(one.Name, text) && one.Parameters.Length == 0);
        if (function is not null && !isCall)
        {
            callsFunctions = true;
            names.Replace(name.Identifier, $"{unwrap}{function.Name}()");
            return function.ReturnType;
        }

        RefuseMember(type, name, text);
        return null;
    }

    private void RefuseMember(ITypeSymbol type, SimpleNameSyntax name, string text)
    {
        if (Library.IsSensitive(type))
        {
            Refuse(FindingCodes.UnknownMember, name, $"{Words(type)} has no members; it can only be passed on");
            return;
        }

        var members = PropertiesOf(type).Select(one => Names.Snake(one.Name)).ToList();
        var near = Nearest.DidYouMean(text, members.Concat(FunctionsOf(type).Select(one => Names.Snake(one.Name))));
        if (near.Length == 0 && type.Name == FlowTypes.Params && Library.Is(type.ContainingAssembly, model.Compilation.Assembly))
        {
            near = "; its members are the 'params' that the flow's 'connect' stores";
        }

        if (near.Length == 0) near = members.Count == 0 ? "; it has none" : $"; it has {string.Join(", ", members)}";
        Refuse(FindingCodes.UnknownMember, name, $"{Words(type)} has no member '{text}'{near}");
    }

    private ITypeSymbol? Use(IPropertySymbol property, SimpleNameSyntax name, string unwrap)
    {
        names.Members.Add(property);
        names.Replace(name.Identifier, $"{unwrap}@{property.Name}");
        if (IsUsable(property.Type)) return property.Type;
        Refuse(FindingCodes.UnreadableType, name, $"'{TextOf(name.Identifier)}' has a type that flows cannot use");
        return null;
    }

    private IPropertySymbol? Property(ITypeSymbol type, string name)
    {
        var all = PropertiesOf(type).ToList();
        return all.Find(property => property.Name == name)
            ?? all.Find(property => property.Name == Names.Pascal(name))
            ?? all.Find(property => Matches(property.Name, name));
    }

    /// <summary>Whether a value of the type may be read at all: numbers, texts, records and lists of these.</summary>
    private bool IsUsable(ITypeSymbol type) => type switch
    {
        INamedTypeSymbol { TypeKind: TypeKind.Error or TypeKind.Delegate } => false,
        INamedTypeSymbol { SpecialType: SpecialType.System_Object } => false,
        INamedTypeSymbol { TypeArguments: [var item] } named =>
            (Library.IsNullableValue(named) || Library.Is(named.OriginalDefinition, Library.List)) && IsUsable(item),
        INamedTypeSymbol named => named.TypeArguments.IsEmpty
            && (named.ContainingAssembly?.Name == "System.Runtime" || Library.IsSensitive(named) || model.IsReadable(named)),
        _ => false,
    };

    private IEnumerable<IMethodSymbol> FunctionsOf(ITypeSymbol type) =>
        Library.Functions.GetMembers().OfType<IMethodSymbol>()
            .Where(method => method is { IsExtensionMethod: true, DeclaredAccessibility: Accessibility.Public })
            .Select(method => method.ReduceExtensionMethod(type))
            .OfType<IMethodSymbol>();

    private ITypeSymbol? Call(InvocationExpressionSyntax call)
    {
        var (receiver, name) = call.Expression switch
        {
            MemberAccessExpressionSyntax access => (Visit(access.Expression), access.Name),
            MemberBindingExpressionSyntax binding => (receivers.Peek(), binding.Name),
            _ => (null, null),
        };
        if (name is null)
        {
            Refuse(FindingCodes.UnknownFunction, call.Expression, "a function is written after the value it works on: value.function()");
            return null;
        }

        if (receiver is null)
        {
            foreach (var argument in call.ArgumentList.Arguments)
            {
                if (argument.Expression is not LambdaExpressionSyntax) Visit(argument.Expression);
            }

            return null;
        }

        var text = TextOf(name.Identifier);
        var type = Library.Underlying(receiver);
        var function = FunctionsOf(type).FirstOrDefault(one => Matches(one.Name, text));
        if (function is null)
        {
            var known = FunctionsOf(type).Select(one => Names.Snake(one.Name));
            Refuse(FindingCodes.UnknownFunction, name, Property(type, text) is null
                ? $"{Words(type)} has no function '{text}'{Nearest.DidYouMean(text, known)}"
                : $"'{text}' is not a function; leave the brackets out");
            return null;
        }

        callsFunctions = true;
        names.Replace(name.Identifier, (Library.IsNullableValue(receiver) ? "Value." : "") + function.Name);
        Arguments(call.ArgumentList, function, text);
        return function.ReturnType;
    }

    private void Arguments(ArgumentListSyntax list, IMethodSymbol function, string name)
    {
        if (list.Arguments.Count != function.Parameters.Length)
        {
            Refuse(FindingCodes.ExpressionNotAllowed, list, $"'{name}' takes {Count(function.Parameters.Length)}, not {list.Arguments.Count}");
            return;
        }

        foreach (var (argument, parameter) in list.Arguments.Zip(function.Parameters))
        {
            if (argument.Expression is SimpleLambdaExpressionSyntax lambda) Lambda(lambda, parameter);
            else Visit(argument.Expression);
        }
    }

    private void Lambda(SimpleLambdaExpressionSyntax lambda, IParameterSymbol parameter)
    {
        var name = TextOf(lambda.Parameter.Identifier);
        if (lambda.ExpressionBody is not { } body || parameter.Type is not INamedTypeSymbol { TypeArguments: [var item, ..] })
        {
            Refuse(FindingCodes.ExpressionNotAllowed, lambda, "a function cannot stand here");
            return;
        }

        if (model.Types.Slots.Find(name) is not null || !parameters.TryAdd(name, item))
        {
            Refuse(FindingCodes.OneNameTwoTypes, lambda.Parameter, $"'{name}' already means something here; choose another name");
            return;
        }

        names.Replace(lambda.Parameter.Identifier, ParameterName(name));
        Visit(body);
        parameters.Remove(name);
    }

    private static string Count(int arguments) => arguments switch { 0 => "no arguments", 1 => "1 argument", _ => $"{arguments} arguments" };

    private static bool Matches(string member, string name) => Names.Fold(member) == Names.Fold(name);
}
