using System.Collections.Immutable;
using Engine.Sdk;

namespace Engine.Flows;

/// <summary>The failures a flow lists, each with what is known of it: the flow's own text, or else that of an operation.</summary>
internal static class EndCodes
{
    /// <summary>What any call may fail with, whatever its operation declares, in doubt left out.</summary>
    public static ImmutableArray<string> OfAnyCall { get; } =
    [
        Failures.RateLimited, Failures.ProviderTimeout, Failures.ProviderDown, Failures.ProviderChanged, Failures.ConfigError, Failures.Internal,
    ];

    public static ImmutableArray<EndCode> Of(FlowDocument document, Library library)
    {
        var declared = Declared(document, library.Providers.Select(used => used.Provider));
        return [.. document.Fails.Select(fail => Of(fail, declared.FirstOrDefault(failure => failure.Code == fail.Code.Value)))];
    }

    /// <summary>What the flow's calls may fail with, and the redirects: an operation that it does not call may have the same code, and other words for it.</summary>
    public static ImmutableArray<DeclaredFailure> Declared(FlowDocument document, IEnumerable<Provider> providers)
    {
        var known = providers.ToLookup(provider => provider.Name, StringComparer.Ordinal);
        var names = document.Uses.ToLookup(use => use.Alias.Value, use => use.Provider.Value, StringComparer.Ordinal);
        return
        [
            .. Steps.All(document.Steps).SelectMany(StepWords.CallsOf)
                .SelectMany(call => names[call.Alias.Value].SelectMany(name => known[name]).Select(provider => provider.FindOperation(call.Operation.Value)))
                .OfType<Operation>().SelectMany(operation => operation.Failures),
            .. names.SelectMany(used => used).SelectMany(name => known[name]).SelectMany(provider => provider.Redirects).SelectMany(redirect => redirect.Failures),
        ];
    }

    /// <summary>What an operation tells the end user about a failure; null where it says nothing.</summary>
    public static LocalText? TextOf(DeclaredFailure? failure) =>
        failure is not null && failure.Text.Values.Any(text => text.Length > 0) ? new LocalText(failure.Text) : null;

    private static EndCode Of(FailNode fail, DeclaredFailure? declared) => new(
        fail.Code.Value, declared?.Class ?? FailureClass.User, declared?.Retry ?? RetryAdvice.Now,
        fail.Text is null ? TextOf(declared) ?? LocalText.Empty : Fields.TextOf(fail.Text));
}
