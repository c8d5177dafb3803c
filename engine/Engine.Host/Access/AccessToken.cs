using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Engine.Runs;

namespace Engine.Host;

/// <summary>A token of 256 random bits behind a prefix that says what it opens. Only its hash is ever stored.</summary>
internal static class AccessToken
{
    public const string ApiKeyPrefix = "eng_";
    public const string LinkPrefix = "lnk_";
    public const string SessionPrefix = "ses_";
    public const string OperatorPrefix = "ops_";

    /// <summary>Longer texts are no tokens of ours and are not hashed.</summary>
    public const int MaxLength = 100;

    public static string New(string prefix) => prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    public static TokenHash HashOf(string token) => new(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token))));
}
