using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Engine.Sandbox;

namespace AmoCrm.Simulator;

/// <summary>Codes for tokens, and refresh tokens for new ones.</summary>
internal static class TokenApi
{
    private static readonly TimeSpan CodeLife = TimeSpan.FromMinutes(20);
    private static readonly TimeSpan RefreshLife = TimeSpan.FromDays(90);

    public static Turn<AmoState> Answer(ApiCall call, AmoState state)
    {
        var turn = Decide(call, state);
        return turn with { Answer = turn.Answer with { Delay = call.Course.TokenDelay } };
    }

    /// <summary>A code for the account. Several hundred characters long, as the real ones.</summary>
    public static (AmoState State, string Code) Issue(AmoState state, AmoAccount account, Course course, DateTimeOffset now)
    {
        var text = "def50200" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(200));
        var issued = course.FirstCodeIsExpired && state.Codes.IsEmpty ? now - CodeLife : now;
        return (state.With(new Code(text, account.Id, issued, IsUsed: false)).With(account with { IsInstalled = true }), text);
    }

    private static Turn<AmoState> Decide(ApiCall call, AmoState state)
    {
        if (state.FindAt(call.Host) is not { } account) return Refuse(state, 404, null, "Not found");
        if (call.Text("client_id") != call.Integration.Id) return Refuse(state, 400, "Check the `client_id` parameter", "Invalid request");
        if (call.Course.RefusesSecret || call.Text("client_secret") != call.Integration.Secret) return Refuse(state, 401, null, "invalid client");
        if (call.Text("redirect_uri") != call.Integration.RedirectUri) return Refuse(state, 400, "Redirect URI is not associated with client", "Invalid request");
        return call.Text("grant_type") switch
        {
            "authorization_code" => Exchange(call, state, account),
            "refresh_token" => Refresh(call, state, account),
            _ => Refuse(state, 400, "Check the `grant_type` parameter", "Invalid request"),
        };
    }

    private static Turn<AmoState> Exchange(ApiCall call, AmoState state, AmoAccount account)
    {
        if (state.Codes.Find(known => known.Text == call.Text("code")) is not { } code)
        {
            return Refuse(state, 400, "Cannot decrypt the authorization code", "Invalid request");
        }

        if (code.AccountId != account.Id) return Refuse(state, 400, "Invalid account", "Invalid request");
        if (code.IsUsed) return Refuse(state, 400, "Authorization code has been revoked", "Invalid request");
        if (call.Now >= code.IssuedAt + CodeLife) return Refuse(state, 400, "Authorization code has expired", "Invalid request");

        var isFirst = state.Grants.IsEmpty;
        var grant = NewTokens(new Grant(state.Grants.Count + 1, account.Id, "", call.Now, "", call.Now, [], false), account, call);
        state = state.With(code with { IsUsed = true }).With(grant);
        if (call.Course.RenamesAfterExchange && isFirst) state = state.With(account with { Host = $"renamed.{call.Course.Domain}" });
        return new(state, Shown(grant, call, hasRefresh: true) with { IsLost = call.Course.LosesFirstTokens && isFirst });
    }

    private static Turn<AmoState> Refresh(ApiCall call, AmoState state, AmoAccount account)
    {
        var token = call.Text("refresh_token") ?? "";
        if (state.Grants.Find(known => known.Spent.Contains(token)) is { } robbed)
        {
            return Refuse(state.With(robbed with { IsRevoked = true }), 401, "Token has been revoked", "Unauthorized");
        }

        if (state.Grants.Find(known => known.RefreshToken == token) is not { } grant || grant.AccountId != account.Id || call.Now >= grant.RefreshEnds)
        {
            return Refuse(state, 400, "Invalid refresh token", "Invalid request");
        }

        if (grant.IsRevoked) return Refuse(state, 401, "Token has been revoked", "Unauthorized");
        var renewed = NewTokens(grant with { Spent = grant.Spent.Add(token) }, account, call);
        return new(state.With(renewed), Shown(renewed, call, hasRefresh: !call.Course.GivesNoRefreshToken));
    }

    private static Grant NewTokens(Grant grant, AmoAccount account, ApiCall call) => grant with
    {
        AccessToken = NewAccessToken(account, call),
        AccessEnds = call.Now + call.Course.AccessLife,
        RefreshToken = "def50200" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(200)),
        RefreshEnds = call.Now + RefreshLife,
    };

    /// <summary>A JWT by its look; its signature is noise, since nobody here may check it.</summary>
    private static string NewAccessToken(AmoAccount account, ApiCall call)
    {
        var claims = $$"""{"aud":"{{call.Integration.Id}}","account_id":{{account.Id}},"exp":{{(call.Now + call.Course.AccessLife).ToUnixTimeSeconds()}},"api_domain":"{{AccountApi.HostOfApi(call.Course)}}"}""";
        return $"{Part("""{"typ":"JWT","alg":"RS256"}""")}.{Part(claims)}.{Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(64))}";

        static string Part(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));
    }

    private static Answer Shown(Grant grant, ApiCall call, bool hasRefresh)
    {
        var seconds = (int)call.Course.AccessLife.TotalSeconds;
        return hasRefresh
            ? Engine.Sandbox.Answer.Of(200, new { TokenType = "Bearer", ExpiresIn = seconds, grant.AccessToken, grant.RefreshToken, ServerTime = call.Now.ToUnixTimeSeconds() })
            : Engine.Sandbox.Answer.Of(200, new { TokenType = "Bearer", ExpiresIn = seconds, grant.AccessToken, ServerTime = call.Now.ToUnixTimeSeconds() });
    }

    private static Turn<AmoState> Refuse(AmoState state, int status, string? hint, string title) => new(state, ApiCall.Problem(status, hint, title));
}
