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
        var declared = library.Providers.SelectMany(used => used.Provider.Operations).SelectMany(operation => operation.Failures)
            .Concat(library.Providers.SelectMany(used => used.Provider.Redirects).SelectMany(redirect => redirect.Failures)).ToList();
        return [.. document.Fails.Select(fail => Of(fail, declared.Find(failure => failure.Code == fail.Code.Value)))];
    }

    /// <summary>What an operation tells the end user about a failure; null where it says nothing.</summary>
    public static LocalText? TextOf(DeclaredFailure? failure) =>
        failure is not null && failure.Text.Values.Any(text => text.Length > 0) ? new LocalText(failure.Text) : null;

    private static EndCode Of(FailNode fail, DeclaredFailure? declared) => new(
        fail.Code.Value, declared?.Class ?? FailureClass.User, declared?.Retry ?? RetryAdvice.Now,
        fail.Text is null ? TextOf(declared) ?? LocalText.Empty : Fields.TextOf(fail.Text));
}
