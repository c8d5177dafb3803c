using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;

namespace Engine.Benchmarks;

/// <summary>A person who consents at the authorization server without a browser: its pages are plain forms.</summary>
internal static class FirstTokens
{
    private const string Verifier = "bench-verifier-0123456789-0123456789-0123456789";

    /// <summary>The credentials of a new grant, as a connection holds them.</summary>
    public static async Task<JsonElement> GetAsync(Uri issuer, Uri returnUrl)
    {
        using var http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, UseProxy = false }) { BaseAddress = issuer };
        var challenge = Convert.ToBase64String(SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(Verifier))).TrimEnd('=').Replace('+', '-').Replace('/', '_');
        var at = new Uri(
            $"/auth?client_id=engine&response_type=code&redirect_uri={Uri.EscapeDataString(returnUrl.AbsoluteUri)}&scope=openid%20offline_access&prompt=consent"
            + $"&code_challenge={challenge}&code_challenge_method=S256",
            UriKind.Relative);
        string[] forms = ["login", "consent"];
        foreach (var form in forms)
        {
            at = await FollowAsync(http, at, issuer, stop: "/interaction/");
            using var sent = await http.PostAsync(at, new FormUrlEncodedContent(
                [new("prompt", form), new("login", "bench"), new("password", "any")]));
            at = new Uri(issuer, sent.Headers.Location ?? throw new InvalidOperationException("the form was not taken"));
        }

        var back = await FollowAsync(http, at, issuer, stop: returnUrl.AbsoluteUri);
        var code = back.Query.TrimStart('?').Split('&').Single(pair => pair.StartsWith("code=", StringComparison.Ordinal))["code=".Length..];
        using var answer = await http.PostAsync("/token", new FormUrlEncodedContent(
        [
            new("grant_type", "authorization_code"), new("code", code), new("code_verifier", Verifier), new("redirect_uri", returnUrl.AbsoluteUri),
            new("client_id", "engine"), new("client_secret", "engine-secret"),
        ]));
        var tokens = await answer.Content.ReadFromJsonAsync<JsonElement>();
        return JsonSerializer.SerializeToElement(new
        {
            access_token = tokens.GetProperty("access_token").GetString(),
            refresh_token = tokens.GetProperty("refresh_token").GetString(),
            expires_at = TimeProvider.System.GetUtcNow().AddHours(1),
        });
    }

    private static async Task<Uri> FollowAsync(HttpClient http, Uri from, Uri issuer, string stop)
    {
        for (var at = new Uri(issuer, from); ;)
        {
            if (at.AbsoluteUri.Contains(stop, StringComparison.Ordinal)) return at;
            using var answer = await http.GetAsync(at);
            if (answer.StatusCode is not (HttpStatusCode.SeeOther or HttpStatusCode.Redirect)) throw new InvalidOperationException($"{at.AbsolutePath} answered {answer.StatusCode}");
            at = new Uri(at, answer.Headers.Location ?? throw new InvalidOperationException("a redirect to nowhere"));
        }
    }
}
