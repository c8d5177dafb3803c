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
        if (owner == FlowTypes.Credentials && Library.Is(property.Type, Library.ShowOnce))
        {
            findings.Error(FindingCodes.SecretMisplaced, PlaceOf(value.Value), "what is shown once is never kept; it goes into 'show' or back to an operation");
            return new Bound.Broken();
        }

        if (owner != FlowTypes.Credentials && !IsStorable(property.Type))
        {
            var what = owner == FlowTypes.Params ? "a parameter of the connection" : "what is left over";
            var isSensitive = Library.IsSensitive(property.Type);
            var isSecret = isSensitive || Library.HoldsSensitive(property.Type);
            findings.Error(isSecret ? FindingCodes.SecretMisplaced : FindingCodes.TypeMismatch, PlaceOf(value.Value),
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

    private sealed record MaybeRedirect(BoundRedirect? Redirect);

    /// <summary>Null where the redirect does not exist, which findings say.</summary>
    public BoundRedirect? Redirect(CallNode node) => Once(node, () => new MaybeRedirect(BindRedirect(node))).Redirect;

    private BoundRedirect? BindRedirect(CallNode node)
    {
        if (Library.FindProvider(node.Alias.Value) is not { } used)
        {
            RefuseProvider(node);
            return null;
        }

        if (used.Provider.FindRedirect(node.Operation.Value) is { } redirect)
        {
            if (used.Assembly.GetTypeByMetadataName(redirect.InputType) is { } input) return new BoundRedirect(node, used, redirect, Record(Taker.Of(node), node.Arguments, input));
            findings.Error(FindingCodes.NotChecked, node.Scalar.Place,
                $"the types of '{node.Operation}' are not in the plugin of provider '{used.Provider.Name}'");
            return null;
        }

        var other = used.Provider.FindOperation(node.Operation.Value) is not null ? "; it is an operation, so 'call' it" : "";
        var names = used.Provider.Redirects.Select(one => one.Name);
        findings.Error(FindingCodes.UnknownOperation, node.Operation.Place,
            $"provider '{used.Provider.Name}' has no redirect '{node.Operation}'{(other.Length > 0 ? other : Nearest.DidYouMean(node.Operation.Value, names))}");
        foreach (var argument in node.Arguments) Any(argument.Value);
        return null;
    }

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
            var other = used.Provider.FindRedirect(node.Operation.Value) is not null ? "; it is a redirect, so write 'redirect:' for 'call:'" : "";
            findings.Error(FindingCodes.UnknownOperation, node.Operation.Place,
                $"provider '{used.Provider.Name}' has no operation '{node.Operation}'"
                + (other.Length > 0 ? other : Nearest.DidYouMean(node.Operation.Value, names)));
            foreach (var argument in node.Arguments) Any(argument.Value);
            return null;
        }

        if (OperationTypes.FindInput(node, Library) is not { } input || OperationTypes.FindOutput(node, Library) is not { } output)
        {
            findings.Error(FindingCodes.NotChecked, node.Scalar.Place,
                $"the types of '{node.Operation}' are not in the plugin of provider '{used.Provider.Name}'");
            return null;
        }

        return new BoundCall(node, used, operation, input, output, Record(Taker.Of(node), node.Arguments, input));
    }

    private void RefuseProvider(CallNode node)
    {
        foreach (var argument in node.Arguments) Any(argument.Value);
        if (Library.Missing.Contains(node.Alias.Value)) return;
        findings.Error(FindingCodes.UnknownProvider, node.Alias.Place,
            $"'{node.Alias}' is not listed under 'uses'{Nearest.DidYouMean(node.Alias.Value, Library.Providers.Select(used => used.Alias))}");
    }

    private BoundRecord Record(Taker taker, ImmutableArray<NamedValue> values, INamedTypeSymbol input)
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
        var absent = new HashSet<string>(StringComparer.Ordinal);
        foreach (var value in values)
        {
            var parameter = parameters.FirstOrDefault(one => Names.Fold(one.Name) == Names.Fold(value.Name.Value));
            var property = properties.Find(one => Names.Fold(one.Name) == Names.Fold(value.Name.Value));
            if ((parameter?.Type ?? property?.Type) is not { } type)
            {
                // The one that was meant is not missing besides.
                if (RefuseArgument(taker, value, parameters.Select(one => one.Name).Concat(properties.Select(one => one.Name))) is { } meant) absent.Add(meant);
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

        AddMissing(taker, parameters, properties, given, absent, arguments, settings);
        return new BoundRecord(TypeNames.Code(input), arguments.ToImmutable(), settings.ToImmutable());
    }

    private void AddMissing(
        Taker taker, ImmutableArray<IParameterSymbol> parameters, List<IPropertySymbol> properties, HashSet<string> given, HashSet<string> meant,
        ImmutableArray<(string, Bound)>.Builder arguments, ImmutableArray<(string, Bound)>.Builder settings)
    {
        var missing = new List<string>();
        foreach (var parameter in parameters.Where(one => !given.Contains(one.Name) && !one.HasExplicitDefaultValue))
        {
            if (!IsOptional(parameter.Type)) missing.Add(parameter.Name);
            arguments.Add(("@" + parameter.Name, new Bound.Constant(taker.Scalar, "default")));
        }

        foreach (var property in properties.Where(one => !given.Contains(one.Name) && one.IsRequired))
        {
            if (!IsOptional(property.Type)) missing.Add(property.Name);
            settings.Add(("@" + property.Name, new Bound.Constant(taker.Scalar, "default")));
        }

        missing.RemoveAll(name => meant.Contains(Names.Snake(name)));
        if (missing.Count == 0 || !taker.IsWhole) return;
        findings.Error(taker.Missing, taker.Place,
            $"{taker.Name} needs {string.Join(" and ", missing.Select(name => $"'{Names.Snake(name)}'"))}");
    }

    /// <summary>The argument that was meant; null where none is near.</summary>
    private string? RefuseArgument(Taker taker, NamedValue value, IEnumerable<string> known)
    {
        var names = known.Select(Names.Snake).ToList();
        var near = Nearest.DidYouMean(value.Name.Value, names);
        findings.Error(taker.Unknown, value.Name.Place, $"{taker.Name} takes no '{value.Name}'"
            + (near.Length > 0 ? near : names.Count == 0 ? "; it takes nothing" : $"; it takes {string.Join(", ", names)}"));
        Any(value.Value);
        return Nearest.Find(value.Name.Value, names);
    }

    /// <summary>What a record's values are given to, and how findings call it.</summary>
    /// <param name="IsWhole">Whether none of the values was refused.</param>
    private sealed record Taker(Scalar Scalar, Place Place, string Name, FindingCode Unknown, FindingCode Missing, bool IsWhole)
    {
        public static Taker Of(CallNode node) => new(
            node.Scalar, node.Operation.Place, $"'{node.Operation}'", FindingCodes.UnknownArgument, FindingCodes.MissingArgument, node.IsWhole);
    }

    private static bool IsOptional(ITypeSymbol type) =>
        Library.IsNullableValue(type) || type is { IsReferenceType: true, NullableAnnotation: NullableAnnotation.Annotated };
}
