using Engine.Sandbox;

namespace AmoCrm.Simulator;

/// <summary>What an account tells of itself.</summary>
internal static class AccountApi
{
    /// <summary>The host that knows where every account is now; access tokens name it.</summary>
    public static string HostOfApi(Course course) => $"api-b.{course.Domain}";

    public static Turn<AmoState> Show(ApiCall call, AmoState state)
    {
        if (state.FindAt(call.Host) is not { } account) return new(state, ApiCall.Problem(404, null, "Not found"));
        var bearer = call.Call.Http.Headers.Authorization.ToString();
        if (!state.Grants.Exists(grant =>
                bearer == $"Bearer {grant.AccessToken}" && grant.AccountId == account.Id && !grant.IsRevoked && call.Now < grant.AccessEnds))
        {
            return new(state, ApiCall.Problem(401, null, "Unauthorized"));
        }

        return account.IsUnpaid
            ? new(state, ApiCall.Problem(402, null, "Payment required"))
            : new(state, Answer.Of(200, new { account.Id, account.Name, account.Subdomain, CurrentUserId = 1, Country = "RU" }));
    }

    public static Turn<AmoState> Subdomain(ApiCall call, AmoState state)
    {
        var token = call.Call.Http.Headers["X-Refresh-Token"].ToString();
        return call.Host == HostOfApi(call.Course)
            && state.Grants.Find(grant => grant.RefreshToken == token && !grant.IsRevoked) is { } found
            && state.FindAccount($"{found.AccountId}") is { } account
                ? new(state, Answer.Of(200, new { account.Id, account.Subdomain, Domain = account.Host, TopLevelDomain = call.Course.Domain }))
                : new(state, ApiCall.Problem(401, null, "Unauthorized"));
    }
}
