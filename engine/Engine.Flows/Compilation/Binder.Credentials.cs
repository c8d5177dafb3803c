using Microsoft.CodeAnalysis;

namespace Engine.Flows;

internal sealed partial class Binder
{
    /// <summary>
    /// The credentials that a connection is given: the provider's own record where it declares one, otherwise a generated one. Null where none are given.
    /// </summary>
    public BoundRecord? Credentials(StepNode.Connect connect) => Once(connect, () => new MaybeRecord(BindCredentials(connect))).Record;

    public UsedProvider? ProviderOf(StepNode.Connect connect) => (model.Types as FlowTypes)?.ProviderOf(connect);

    private BoundRecord? BindCredentials(StepNode.Connect connect)
    {
        if (connect.Provider is { } alias && Library.FindProvider(alias.Value) is null && !Library.Missing.Contains(alias.Value))
        {
            findings.Error(FindingCodes.UnknownProvider, alias.Place,
                $"'{alias}' is not listed under 'uses'{Nearest.DidYouMean(alias.Value, Library.Providers.Select(used => used.Alias))}");
        }

        if ((model.Types as FlowTypes)?.CredentialsOf(connect) is not { } type || ProviderOf(connect) is not { } used)
        {
            return connect.Credentials.IsEmpty ? null : Generated(FlowTypes.Credentials, connect.Credentials);
        }

        var place = connect.Credentials is [var first, ..] ? first.Name.Place : connect.Verb.Place;
        var taker = new Taker(
            connect.Verb, place, $"a connection of '{used.Provider.Name}'", FindingCodes.UnknownCredential, FindingCodes.MissingCredential, connect.IsWhole);
        if (!connect.Credentials.IsEmpty) return Record(taker, connect.Credentials, type);

        // A run that only renews may leave what is stored as it is.
        var needed = type.InstanceConstructors
            .Where(one => one.DeclaredAccessibility == Accessibility.Public && !(one.Parameters is [var only] && Library.Is(only.Type, type)))
            .MaxBy(one => one.Parameters.Length)?.Parameters
            .Where(parameter => !parameter.HasExplicitDefaultValue && !IsOptional(parameter.Type))
            .Select(parameter => $"'{Names.Snake(parameter.Name)}'").ToList() ?? [];
        if (model.Types is FlowTypes { IsConnecting: true } && needed.Count > 0)
        {
            findings.Error(FindingCodes.MissingCredential, place,
                $"{taker.Name} needs 'credentials' with {string.Join(" and ", needed)}: without them nothing can be called for it");
        }

        return null;
    }

    private sealed record MaybeRecord(BoundRecord? Record);
}
