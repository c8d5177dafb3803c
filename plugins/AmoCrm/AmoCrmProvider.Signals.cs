using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Engine.Sdk;

namespace AmoCrm;

/// <summary>The consent page, and the calls that amoCRM makes to us.</summary>
public sealed partial class AmoCrmProvider
{
    /// <summary>The page on which a person chooses an account and allows the integration [C2].</summary>
    /// <remarks>Declining is told to the opener alone [C2], in words that are not documented [?]: so any word means it.</remarks>
    [Redirect(Returns = typeof(ConsentReturn), PostsErrors = true)]
    [Fails("denied_by_user", OnError = "*",
        En = "You did not allow the access in amoCRM.",
        Ru = "Вы не разрешили доступ в amoCRM.")]
    public Uri Consent(ConsentRequest input, RedirectVisit visit)
    {
        ArgumentNullException.ThrowIfNull(visit);
        return new($"{settings.PlatformUrl.AbsoluteUri.TrimEnd('/')}/oauth?client_id={Uri.EscapeDataString(settings.ClientId)}"
            + $"&state={Uri.EscapeDataString(visit.State.Reveal())}&mode={Uri.EscapeDataString(settings.ConsentMode)}");
    }

    /// <summary>
    /// A code for an account that installed the widget. It is unsigned and has no <c>state</c>, and <c>from_widget</c> proves nothing, so it is not read:
    /// what comes of this code belongs to nobody until it is claimed. It is answered at once; the provider waits 3 seconds and sends it once.
    /// </summary>
    [Hook(OnRedirect = true)]
    public HookReading<WidgetInstalled> WidgetInstalled(HookRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.FindQuery("code") is not { Length: > 0 and <= 4096 } code) return HookReading.Refuse("no_code");
        if (request.FindQuery("client_id") is { } client && client != settings.ClientId) return HookReading.Refuse("other_integration");
        if (request.FindQuery("referer") is not { } referer || accounts.Find(referer) is not { } account) return HookReading.Refuse("foreign_host");
        return HookReading.Accept(
            new WidgetInstalled(new Secret(code), account.Name),
            key: Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(code))));
    }

    /// <summary>
    /// The integration was switched off in an account. The signature covers the account only, neither a time nor a number: whoever has seen one such call
    /// can repeat it. So it says that the access has ended, and the next probe says whether that is so.
    /// </summary>
    [Hook]
    public HookReading<IntegrationDisabled> Disabled(HookRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.FindQuery("client_uuid") != settings.ClientId) return HookReading.Refuse("other_integration");
        if (request.FindQuery("account_id") is not { } id || !int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var account))
        {
            return HookReading.Refuse("no_account");
        }

        if (!IsSigned(id, request.FindQuery("signature") ?? "")) return HookReading.Refuse("bad_signature", 403);

        // Every call is news, also one that is letter by letter an earlier one: the account may have switched it on again meanwhile.
        return HookReading.Accept(
            new IntegrationDisabled(account), key: string.Create(CultureInfo.InvariantCulture, $"{account} {request.Received.UtcTicks}")) with
        {
            News = new AccountNews(account.ToString(CultureInfo.InvariantCulture), ConnectionHealth.Revoked, "switched_off_in_account"),
        };
    }

    /// <summary>hex(HMAC-SHA256(client_secret, client_id + "|" + account_id)) [C2], compared in constant time.</summary>
    private bool IsSigned(string accountId, string signature)
    {
        var right = HMACSHA256.HashData(
            Encoding.UTF8.GetBytes(settings.ClientSecret.Reveal()), Encoding.UTF8.GetBytes($"{settings.ClientId}|{accountId}"));
        return CryptographicOperations.FixedTimeEquals(
            Encoding.ASCII.GetBytes(Convert.ToHexStringLower(right)), Encoding.ASCII.GetBytes(signature.ToLowerInvariant()));
    }
}
