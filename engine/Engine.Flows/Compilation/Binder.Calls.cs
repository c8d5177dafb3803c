using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace Engine.Flows;

internal sealed partial class Binder
{
    /// <summary>Null where the operation does not exist, which findings say.</summary>
    public BoundCall? Call(CallNode node) => Once(node, () => new Maybe(BindCall(node))).Call;

    /// <summary>A generated record, made of the values that the flow names; members it does not name are null.</summary>
    public BoundRecord Generated(string name, ImmutableArray<NamedValue> values)
    {
        var given = values.Select(value => ("@" + value.Name.Value, Member(name, value)));
        var absent = (model.Types as FlowTypes)?.MembersOf(name)
            .Where(member => member.Type is not null && values.All(value => value.Name.Value != member.Name.Value))
            .Select(member => ("@" + member.Name.Value, (Bound)new Bound.Constant(member.Name, "default"))) ?? [];
        return new BoundRecord($"global::{GeneratedTypes.Namespace}.{name}", [.. given, .. absent], []);
    }

    private Bound Member(string owner, NamedValue value)
    {
        var property = model.Generated(owner).GetMembers(value.Name.Value).OfType<IPropertySymbol>().FirstOrDefault();
        if (property is null) return Any(value.Value);
        if (owner != FlowTypes.Credentials && !IsStorable(property.Type))
        {
            var what = owner == FlowTypes.Params ? "a parameter of the connection" : "what is left over";
            var isSensitive = Library.IsSensitive(property.Type);
            findings.Error(isSensitive ? FindingCodes.SecretMisplaced : FindingCodes.TypeMismatch, PlaceOf(value.Value),
                $"{what} is a text, a number, a boolean, a moment or a status, and this is {TypeNames.Words(property.Type)}"
                + (isSensitive && owner == FlowTypes.Params ? "; secrets go into 'credentials'" : ""));
            return new Bound.Broken();
        }

        return Value(value.Value, property.Type, $"'{value.Name}' is {TypeNames.Words(property.Type)}");
    }

    private static Place PlaceOf(ValueNode node) =>
        node is ValueNode.Expression { Start: var start } ? node.Scalar.PlaceOf(start, node.Scalar.Value.Length - start) : node.Scalar.Place;

    /// <summary>Whether a value of the type may be kept in the open.</summary>
    private bool IsStorable(ITypeSymbol type) => HasTextForm(Library.Underlying(type));

    private sealed record Maybe(BoundCall? Call);

    private BoundCall? BindCall(CallNode node)
    {
        if (Library.FindProvider(node.Alias.Value) is not { } used)
        {
            RefuseProvider(node);
            return null;
        }

        if (used.Provider.FindOperation(node.Operation.Value) is not { } operation)
        {
            var names = used.Provider.Operations.Select(one => one.Name);
            findings.Error(FindingCodes.UnknownOperation, node.Operation.Place,
                $"provider '{used.Provider.Name}' has no operation '{node.Operation}'{Nearest.DidYouMean(node.Operation.Value, names)}");
            foreach (var argument in node.Arguments) Any(argument.Value);
            return null;
        }

        if (OperationTypes.FindInput(node, Library) is not { } input || OperationTypes.FindOutput(node, Library) is not { } output)
        {
            findings.Error(FindingCodes.NotChecked, node.Scalar.Place,
                $"the types of '{node.Operation}' are not in the plugin of provider '{used.Provider.Name}'");
            return null;
        }

        return new BoundCall(node, used, operation, input, output, Record(node, input));
    }

    private void RefuseProvider(CallNode node)
    {
        foreach (var argument in node.Arguments) Any(argument.Value);
        if (Library.Missing.Contains(node.Alias.Value)) return;
        findings.Error(FindingCodes.UnknownProvider, node.Alias.Place,
            $"'{node.Alias}' is not listed under 'uses'{Nearest.DidYouMean(node.Alias.Value, Library.Providers.Select(used => used.Alias))}");
    }

    private BoundRecord Record(CallNode node, INamedTypeSymbol input)
    {
        var constructor = input.InstanceConstructors
            .Where(one => one.DeclaredAccessibility == Accessibility.Public && !(one.Parameters is [var only] && Library.Is(only.Type, input)))
            .MaxBy(one => one.Parameters.Length);
        var parameters = constructor?.Parameters ?? [];
        var properties = input.GetMembers().OfType<IPropertySymbol>().Where(property =>
            property is { IsStatic: false, DeclaredAccessibility: Accessibility.Public, SetMethod.DeclaredAccessibility: Accessibility.Public }
            && !parameters.Any(parameter => parameter.Name == property.Name)).ToList();
        var arguments = ImmutableArray.CreateBuilder<(string, Bound)>();
        var settings = ImmutableArray.CreateBuilder<(string, Bound)>();
        var given = new HashSet<string>(StringComparer.Ordinal);
        foreach (var value in node.Arguments)
        {
            var parameter = parameters.FirstOrDefault(one => Names.Fold(one.Name) == Names.Fold(value.Name.Value));
            var property = properties.Find(one => Names.Fold(one.Name) == Names.Fold(value.Name.Value));
            if ((parameter?.Type ?? property?.Type) is not { } type)
            {
                RefuseArgument(node, value, parameters.Select(one => one.Name).Concat(properties.Select(one => one.Name)));
                continue;
            }

            var name = parameter?.Name ?? property?.Name ?? "";
            if (!given.Add(name))
            {
                findings.Error(FindingCodes.ArgumentTwice, value.Name.Place, $"'{value.Name}' is given already");
                continue;
            }

            var bound = Value(value.Value, type, $"'{value.Name}' is {TypeNames.Words(type)}");
            (parameter is null ? settings : arguments).Add(("@" + name, bound));
        }

        AddMissing(node, parameters, properties, given, arguments, settings);
        return new BoundRecord(TypeNames.Code(input), arguments.ToImmutable(), settings.ToImmutable());
    }

    private void AddMissing(
        CallNode node, ImmutableArray<IParameterSymbol> parameters, List<IPropertySymbol> properties, HashSet<string> given,
        ImmutableArray<(string, Bound)>.Builder arguments, ImmutableArray<(string, Bound)>.Builder settings)
    {
        var missing = new List<string>();
        foreach (var parameter in parameters.Where(one => !given.Contains(one.Name) && !one.HasExplicitDefaultValue))
        {
            if (!IsOptional(parameter.Type)) missing.Add(parameter.Name);
            arguments.Add(("@" + parameter.Name, new Bound.Constant(node.Scalar, "default")));
        }

        foreach (var property in properties.Where(one => !given.Contains(one.Name) && one.IsRequired))
        {
            if (!IsOptional(property.Type)) missing.Add(property.Name);
            settings.Add(("@" + property.Name, new Bound.Constant(node.Scalar, "default")));
        }

        if (missing.Count == 0) return;
        findings.Error(FindingCodes.MissingArgument, node.Operation.Place,
            $"'{node.Operation}' needs {string.Join(" and ", missing.Select(name => $"'{Names.Snake(name)}'"))}");
    }

    private void RefuseArgument(CallNode node, NamedValue value, IEnumerable<string> known)
    {
        var names = known.Select(Names.Snake).ToList();
        var near = Nearest.DidYouMean(value.Name.Value, names);
        findings.Error(FindingCodes.UnknownArgument, value.Name.Place, $"'{node.Operation}' takes no '{value.Name}'"
            + (near.Length > 0 ? near : names.Count == 0 ? "; it takes nothing" : $"; it takes {string.Join(", ", names)}"));
        Any(value.Value);
    }

    private static bool IsOptional(ITypeSymbol type) =>
        Library.IsNullableValue(type) || type is { IsReferenceType: true, NullableAnnotation: NullableAnnotation.Annotated };
}
