using Engine.Sdk;

namespace AmoCrm;

/// <summary>
/// What the token endpoint's refusals mean. Only "400, wrong data" is documented; the rest goes by <c>hint</c>, as clients have seen it
/// (providers.md §3.5, [C2]). Whatever is not known there is final: who hammers a dead grant is blocked.
/// </summary>
internal static class TokenErrors
{
    public static Failure ForeignHost(string operation) =>
        new("wrong_account_host", $"{operation}: the host is not one of amoCRM's or Kommo's; nothing was sent");

    /// <summary>Of an exchange. Null: the provider does not take the caller, which is the operator's business.</summary>
    public static Failure? OfExchange(Refusal refusal) => refusal switch
    {
        { Status: 403 } => null,
        _ when IsConfiguration(refusal) => Configuration("exchange", refusal),
        { Status: 404 } => Of("wrong_account_host", "exchange: there is no account at this host", refusal),
        _ when Hints(refusal, "invalid account") => Of("wrong_account_host", "exchange: the code is from another account", refusal),
        _ when Hints(refusal, "has expired") => Of("code_expired", "exchange: the code has expired", refusal),
        { Status: 401 } when refusal.FindText("hint") is null => null,
        _ => Of("code_refused", "exchange: the code was refused", refusal),
    };

    /// <summary>Of a refresh.</summary>
    public static Failure? OfRefresh(Refusal refusal) => refusal switch
    {
        { Status: 403 } => null,
        _ when IsConfiguration(refusal) => Configuration("refresh", refusal),
        { Status: 401 } when refusal.Mentions("invalid client") => null,
        _ => Of("refresh_refused", "refresh: the refresh token was refused", refusal),
    };

    private static bool IsConfiguration(Refusal refusal) => Hints(refusal, "client_id") || Hints(refusal, "client_secret") || Hints(refusal, "redirect uri");

    private static Failure Configuration(string operation, Refusal refusal) =>
        Of(Failures.ConfigError, $"{operation}: client_id, client_secret or redirect_uri is not as in the integration", refusal);

    private static bool Hints(Refusal refusal, string words) =>
        refusal.FindText("hint")?.Contains(words, StringComparison.OrdinalIgnoreCase) == true;

    private static Failure Of(string code, string message, Refusal refusal) =>
        new(code, $"{message} ({refusal})") { ProviderCode = refusal.ToString() };
}
