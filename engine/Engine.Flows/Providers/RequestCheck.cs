using Microsoft.CodeAnalysis;

namespace Engine.Flows;

/// <summary>Judges the values of a request: each must have a form for sending, and secrets go where nobody else looks.</summary>
internal sealed class RequestCheck(Binder binder, FindingList findings)
{
    private Library Library => binder.Model.Library;

    /// <summary>Adds an operation's values in the order of their numbers.</summary>
    public void Add(OperationNode operation, ScopeParts parts)
    {
        foreach (var hole in binder.HolesOf(operation.Path)) parts.Value(hole, operation.Path.Place);
        foreach (var (node, place) in ProviderProgram.ValuesOf(operation).Select(value => (value.Node, value.Place)))
        {
            var bound = binder.Any(node);
            Check(bound, node, place);
            parts.Value(bound, node.Scalar.Place);
        }
    }

    private void Check(Bound bound, ValueNode node, RequestPlace place)
    {
        if (bound is Bound.Broken) return;
        var type = bound is Bound.Computed { Translation.Type: var computed } ? computed : null;
        if (place == RequestPlace.Key)
        {
            CheckKey(bound, type, node);
        }
        else if (type is not null && Library.IsSensitive(type))
        {
            if (place is RequestPlace.Form or RequestPlace.Json) return;
            findings.Error(FindingCodes.SecretInTheOpen, node.Scalar.Place,
                "a secret would stand in the address or in a header that others log; it goes into 'auth', 'form' or 'json'");
        }
        else if (bound is Bound.Computed && (type is null || !IsSendable(type, place)))
        {
            findings.Error(FindingCodes.CannotBeSent, node.Scalar.Place, type is null ? "this has no form for sending" : $"{TypeNames.Words(type)} has no form for sending here");
        }
    }

    private void CheckKey(Bound bound, ITypeSymbol? type, ValueNode node)
    {
        if (bound is Bound.Computed && type is not null && Library.IsSensitive(type)) return;
        findings.Error(FindingCodes.SecretInTheOpen, node.Scalar.Place, bound is Bound.Constant
            ? "a key is never written in a file; it comes from a setting or an argument of type secret"
            : "a key is of type secret; make the setting or the argument one");
    }

    private bool IsSendable(ITypeSymbol type, RequestPlace place) =>
        binder.IsPlain(type)
        || (place == RequestPlace.Json && type is INamedTypeSymbol { TypeArguments: [var item] } list
            && Library.Is(list.OriginalDefinition, Library.List) && binder.IsPlain(item));
}
