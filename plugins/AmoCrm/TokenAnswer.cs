using System.Globalization;
using System.Text.Json;
using Engine.Sdk;

namespace AmoCrm;

/// <summary>What the token endpoint is asked. JSON is the documented form; <c>redirect_uri</c> belongs to refreshes too.</summary>
internal sealed record TokenQuestion(
    string ClientId, Secret ClientSecret, string GrantType, Secret? Code, Secret? RefreshToken, string RedirectUri);

/// <summary>What it answers. Everything may be missing, so that the message names the very thing that is wrong.</summary>
internal sealed record TokenAnswer(string? TokenType, JsonElement? ExpiresIn, Secret? AccessToken, Secret? RefreshToken)
{
    private const double LongestLifeSeconds = 10 * 365.25 * 24 * 3600;

    /// <summary>How long access lasts, counted from the answer; null where it is no finite time of at most ten years. A number in quotes is taken too.</summary>
    public TimeSpan? Life =>
        ExpiresIn is { } life
        && (life.ValueKind switch
        {
            JsonValueKind.Number => life.GetRawText(),
            JsonValueKind.String => life.GetString(),
            _ => null,
        }) is { } text
        && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && seconds is >= 0 and <= LongestLifeSeconds
            ? TimeSpan.FromSeconds(Math.Floor(seconds))
            : null;

    /// <summary>What makes it unusable, the refresh token aside; null where nothing does.</summary>
    public string? FindFlaw() => this switch
    {
        { AccessToken: null } => "lacks 'access_token'",
        _ when AccessToken.Reveal() is not { Length: > 0 } text || text.Any(c => c is <= ' ' or > '~') => "has an 'access_token' that no header can carry",
        _ when RefreshToken?.Reveal().Length == 0 => "has an empty 'refresh_token'",
        _ when !string.Equals(TokenType, "bearer", StringComparison.OrdinalIgnoreCase) => "is not of the type Bearer",
        { Life: null } => "has an 'expires_in' that is no time",
        _ => null,
    };
}
