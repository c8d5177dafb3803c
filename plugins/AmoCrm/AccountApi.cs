using System.Buffers.Text;
using System.Text.Json;
using Engine.Sdk;

namespace AmoCrm;

/// <summary>An account's host that was checked: one of the provider's own.</summary>
/// <param name="Name">Such as <c>example.amocrm.ru</c>.</param>
/// <param name="Url">Where its calls go.</param>
internal sealed record AccountHost(string Name, Uri Url);

/// <summary>The calls of an account's own host.</summary>
internal sealed class AccountApi
{
    /// <summary>The answer of a token endpoint is waited for that long; it is what clients use [C2].</summary>
    private static readonly TimeSpan TokenDeadline = TimeSpan.FromSeconds(15);

    /// <summary>A refresh is waited for much longer: its token is spent whether we wait or not, and only the answer holds the next one.</summary>
    private static readonly TimeSpan RefreshDeadline = TimeSpan.FromSeconds(55);

    private static readonly AccountHosts Known = new("amocrm.ru", "amocrm.com", "kommo.com");

    private readonly string url;
    private readonly ProviderHttp http;

    public AccountApi(AmoCrmSettings settings, ProviderHttp http)
    {
        url = settings.AccountUrl;
        this.http = http;
        if (!Uri.TryCreate(url.Replace("{host}", "host", StringComparison.Ordinal), UriKind.Absolute, out var address)
            || !url.Contains("{host}", StringComparison.Ordinal) || (address.Scheme != Uri.UriSchemeHttps && !address.IsLoopback))
        {
            throw new ArgumentException("'account_url' must be an https address with {host} in it; http is for this machine only", nameof(settings));
        }
    }

    /// <summary>
    /// The host as an account's; null where the text is anything else than one label before <c>amocrm.ru</c>, <c>amocrm.com</c> or <c>kommo.com</c>. An
    /// https address is taken by its host, since people copy what the browser shows.
    /// </summary>
    public AccountHost? Find(string host)
    {
        if (Known.Find(host.Trim()) is not { Host: { } name } || name.Count(c => c == '.') != 2) return null;
        return new AccountHost(name, new Uri(url.Replace("{host}", name, StringComparison.Ordinal)));
    }

    public Task<Result<TokenAnswer>> AskTokensAsync(
        AccountHost account, TokenQuestion question, Func<Refusal, Failure?> errors, string operation, CancellationToken cancellation) =>
        http.At(account.Url).SendAsync<TokenAnswer>(
            ProviderRequest.Post("oauth2/access_token", question, operation) with
            {
                Deadline = question.RefreshToken is null ? TokenDeadline : RefreshDeadline,
                OnRefusal = errors,
                OnUnauthorized = errors,
            },
            cancellation);

    public async Task<Result<Account>> ShowAsync(AccountHost account, Secret accessToken, CancellationToken cancellation)
    {
        var answer = await http.At(account.Url).WithBearer(accessToken).SendAsync<AccountAnswer>(
            ProviderRequest.Get("api/v4/account", "account") with { OnRefusal = OnRefusal, OnUnauthorized = OnUnauthorized }, cancellation);
        return answer.IsFailure ? answer.Failure : new Account(answer.Value.Id, answer.Value.Name ?? answer.Value.Subdomain, answer.Value.Subdomain, account.Name);

        static Failure? OnRefusal(Refusal refusal) => refusal.Status switch
        {
            402 => Of("not_paid", "account: the account wants payment", refusal),
            404 => Of("wrong_account_host", "account: there is no account at this host", refusal),
            _ => null,
        };

        // 403 is a block for too many calls [G]: the operator's business, and no word about the token.
        static Failure? OnUnauthorized(Refusal refusal) =>
            refusal.Status == 401 ? Of("unauthorized", "account: the token was refused", refusal) : null;
    }

    /// <summary>
    /// Where an account is now that is not found at its host any more; null where that is not known, or it is still there. The address to ask is a
    /// claim of the access token [C2]: it is read without a check, and taken only where it is one of the provider's hosts.
    /// </summary>
    public async Task<AccountHost?> FindMovedAsync(
        AccountHost account, Secret accessToken, Secret refreshToken, CancellationToken cancellation)
    {
        if (FindApiDomain(accessToken) is not { } domain || Find(domain) is not { } asked) return null;
        var answer = await http.At(asked.Url).WithHeader("X-Refresh-Token", refreshToken).SendAsync<SubdomainAnswer>(
            ProviderRequest.Get("oauth2/account/current/subdomain", "refresh"), cancellation);
        return answer.Value?.Domain is { } now && Find(now) is { } moved && moved.Name != account.Name ? moved : null;
    }

    private static string? FindApiDomain(Secret accessToken)
    {
        if (accessToken.Reveal().Split('.') is not [_, var payload, _]) return null;
        try
        {
            return JsonElement.Parse(Base64Url.DecodeFromChars(payload)) is { ValueKind: JsonValueKind.Object } claims
                && claims.TryGetProperty("api_domain", out var domain) && domain.ValueKind == JsonValueKind.String
                    ? domain.GetString()
                    : null;
        }
        catch (Exception error) when (error is FormatException or JsonException)
        {
            return null;
        }
    }

    private static Failure Of(string code, string message, Refusal refusal) =>
        new(code, $"{message} ({refusal})") { ProviderCode = refusal.ToString() };

    private sealed record AccountAnswer(int Id, string? Name, string Subdomain);

    private sealed record SubdomainAnswer(string? Domain);
}
