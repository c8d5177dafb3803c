using Engine.Sdk;

namespace Whatsgate;

/// <summary>
/// What an operator sets for Whatsgate. What the provider's documentation leaves open is a setting with our best guess as its default;
/// the evidence for each is in providers.md §2, whose marks stand here: [C] documented, [I] inferred.
/// </summary>
public sealed record WhatsgateSettings
{
    /// <summary>The API key; sent as <c>X-Api-Key</c> [C].</summary>
    public required Secret ApiKey { get; init; }

    /// <summary>
    /// The host for everything: the API below <c>/api/v1</c>, and the pages in frames. Default: <c>https://whatsgate.ru</c>;
    /// <c>https://whatsgate.org</c> has the same commands in English [C].
    /// </summary>
    [FramedPages]
    public Uri BaseUrl { get; init; } = new("https://whatsgate.ru");

    /// <summary>
    /// The host of the pages, where it is another one: customers with a host of their own get pages of <c>whatsgate.ru</c> [C].
    /// Default: that of <see cref="BaseUrl"/>.
    /// </summary>
    [FramedPages]
    public Uri? PageUrl { get; init; }

    /// <summary>
    /// Words, separated by commas, of which one stands in the refusal of a new session when the tariff has no place for another [I]:
    /// how it is refused is not documented.
    /// </summary>
    public string SlotTakenWords { get; init; } = "limit, tariff, лимит, тариф";
}
