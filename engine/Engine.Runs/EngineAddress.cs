using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Engine.Runs;

/// <summary>
/// Where the outside reaches this engine. It comes from the configuration, or from what the engine listens on; never from a request. One
/// object for each engine, told once when it listens.
/// </summary>
public sealed class EngineAddress(Uri? configured)
{
    private Uri address = configured ?? new Uri("http://127.0.0.1/");

    /// <summary>The address that the operator configured; null where the engine's own is used.</summary>
    public Uri? Configured => configured;

    /// <summary>Ends in a slash.</summary>
    public Uri Base => address;

    /// <summary>Says where the engine listens. Changes nothing where an address is configured.</summary>
    public void Listen(Uri listening)
    {
        if (configured is null) address = new Uri(listening.AbsoluteUri.TrimEnd('/') + "/");
    }

    /// <summary>Where one hook of one run is called.</summary>
    public Uri HookOf(string token) => new(address, $"v1/hooks/{token}");

    /// <summary>Where all of a provider's calls of one hook arrive.</summary>
    /// <param name="world">The sandbox world; null for the real provider.</param>
    public Uri HookOf(string provider, string hook, string? world) =>
        new(address, world is null ? $"v1/hooks/{provider}/{hook}" : $"v1/hooks/{provider}/{hook}/{world}");

    /// <summary>Where persons come back to from a provider's page: the same for all runs, since providers compare it exactly.</summary>
    public Uri ReturnOf(string provider, string? world) =>
        new(address, world is null ? $"v1/return/{provider}" : $"v1/return/{provider}/{world}");

    /// <summary>A token of 256 random bits that nobody can guess, and its hash.</summary>
    public static (string Token, TokenHash Hash) NewToken(Action<Span<byte>> fillRandom)
    {
        Span<byte> bytes = stackalloc byte[32];
        fillRandom(bytes);
        var token = Base64Url.EncodeToString(bytes);
        return (token, HashOf(token));
    }

    /// <summary>What is stored of a token.</summary>
    public static TokenHash HashOf(string token) => new(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token))));
}
