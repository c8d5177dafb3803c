using System.Globalization;
using Engine.Sdk;

namespace Radist;

/// <summary>Radist.Online, API version 2: sessions of Telegram and MAX, and connections of every type.</summary>
[Provider("radist",
    DeletionEn = "Radist has no call that deletes a connection: ask its support. All chats and invoices of the connection are destroyed with it.",
    DeletionRu = "Удалить подключение в Radist можно только через поддержку. Вместе с ним будут уничтожены все его чаты и счета.")]
public sealed partial class RadistProvider(RadistSettings settings, ProviderHttp http)
{
    private readonly ProviderHttp api = http.At(settings.BaseUrl).WithHeader("X-Api-Key", settings.ApiKey);
    private readonly Wire wire = new(settings);

    /// <summary>Sends, and says of a key that lacks a right what its owner has to do. Which of 401 and 403 Radist uses for it is not known [?].</summary>
    private async Task<Result<T>> SendAsync<T>(ProviderRequest request, CancellationToken cancellation)
        where T : notnull
    {
        var result = await api.SendAsync<T>(request, cancellation);
        return result.Failure is { Code: Failures.ConfigError, ProviderCode: "http 403" } failure
            ? failure with { Message = $"{failure.Message}; give the API key the right 'connections' at Radist" }
            : result;
    }

    // A company id or path that is wrong is answered by 404 [C2]; an unpaid account by 402 [I]. Both are the operator's.
    private static Failure? FindMisconfiguration(Refusal refusal, string operation) => refusal.Status switch
    {
        404 => Refused(Failures.ConfigError, $"{operation}: not known there; check base_url, company_id and the paths", refusal),
        402 => Refused(Failures.ConfigError, $"{operation}: the Radist account wants payment", refusal),
        _ => null,
    };

    private static Failure Gone(string operation, Refusal refusal) =>
        Refused("connection_gone", $"{operation}: Radist does not have this connection, or not for this", refusal);

    private static Failure Refused(string code, string message, Refusal refusal) =>
        new(code, $"{message} ({refusal})") { ProviderCode = refusal.ToString() };

    private static Failure Changed(string message) => new(Failures.ProviderChanged, message, IsInDoubt: true);

    private string Path(string template, int? connection = null) => template
        .Replace("{company_id}", settings.CompanyId.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
        .Replace("{connection_id}", connection?.ToString(CultureInfo.InvariantCulture) ?? "", StringComparison.Ordinal);
}
