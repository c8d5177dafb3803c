namespace Engine.Sdk;

/// <summary>
/// Marks a method that gives the address of a page of the provider, which the person is sent to and comes back from. It is public, takes one
/// public record and a <see cref="RedirectVisit"/>, returns <see cref="Uri"/>, and is pure. Its name in flows is the method's in snake_case.
/// Declare with <see cref="FailsAttribute"/> what the provider's <c>error</c> words mean.
/// </summary>
/// <remarks>
/// Besides what it declares, a redirect may fail with <see cref="Failures.CallbackInvalid"/>; <c>server_error</c> and
/// <c>temporarily_unavailable</c> become <see cref="Failures.ProviderDown"/>.
/// </remarks>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RedirectAttribute : Attribute
{
    /// <summary>
    /// The public record that the person comes back with. Its one constructor's parameters are bound from the query by their names in snake_case:
    /// string, <see cref="Secret"/>, <see cref="Uri"/> (absolute), int, long, bool, or an enum with a member <c>Unknown</c>; those that are not
    /// nullable must be there. <c>CodeVerifier</c> and <c>ReturnUrl</c> are filled by the engine.
    /// </summary>
    public Type? Returns { get; set; }

    /// <summary>Whether the engine makes a pair of PKCE (RFC 7636, S256). Default: no.</summary>
    public bool Pkce { get; set; }

    /// <summary>
    /// Whether the provider's page, opened in a window of its own, tells its opener of a refusal: by a message with a text member <c>error</c>. It
    /// then counts like <c>error</c> in the return. Default: no, and the page is cut off from its opener.
    /// </summary>
    public bool PostsErrors { get; set; }

    /// <summary>
    /// The C# name of the setting (string or <see cref="Uri"/>) that holds the provider's issuer. The return must then carry the same
    /// <c>iss</c> (RFC 9207). Null: the provider sends none.
    /// </summary>
    public string? Issuer { get; set; }
}

/// <summary>What the engine gives for one visit to the provider's page.</summary>
/// <param name="State">Belongs into the address as <c>state</c>: random, used once, good for this run and this browser only.</param>
/// <param name="ReturnUrl">Where the person comes back to: the provider's <c>redirect_uri</c>, always exactly this.</param>
/// <param name="CodeChallenge">The PKCE challenge, to be sent with <c>code_challenge_method=S256</c>; null where the redirect declares no PKCE.</param>
public sealed record RedirectVisit(Secret State, Uri ReturnUrl, string? CodeChallenge);

/// <summary>
/// The hosts that a provider's accounts live on. What a provider says about where an account lives comes from outside, so a plugin looks it up
/// here before it calls it.
/// </summary>
/// <param name="domains">Such as <c>amocrm.ru</c>: hosts directly or deeper below it are meant, and not the domain itself.</param>
public sealed class AccountHosts(params IEnumerable<string> domains)
{
    private readonly string[] domains = [.. domains];

    /// <summary>
    /// The https address of the host, which has no path; null where the text is anything but a plain host name below one of the domains: ports, user
    /// names, paths, addresses in numbers, letters beyond ASCII.
    /// </summary>
    /// <param name="host">A host name, or an https address of nothing but a host.</param>
    public Uri? Find(string host)
    {
        ArgumentNullException.ThrowIfNull(host);
        var name = host.StartsWith("https://", StringComparison.OrdinalIgnoreCase) ? host["https://".Length..] : host;
        if (name.EndsWith('/') && name.Length < host.Length) name = name[..^1];
        name = name.ToLowerInvariant();
        return name.Length <= 253 && name.Split('.').All(IsLabel) && domains.Any(domain => name.EndsWith("." + domain, StringComparison.Ordinal))
            ? new Uri($"https://{name}/")
            : null;
    }

    // RFC 1123; punycode labels are refused too: no account name of a provider needs them, and they are how one host poses as another.
    private static bool IsLabel(string label) =>
        label.Length is > 0 and <= 63 && label.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')
        && label[0] != '-' && label[^1] != '-' && !label.StartsWith("xn--", StringComparison.Ordinal);
}
