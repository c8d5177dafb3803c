using System.Collections.Immutable;

namespace Engine.Sdk;

/// <summary>Where one provider may connect, with the settings it has.</summary>
/// <param name="Hosts">Names that the provider declares, such as <c>api.example.com</c>, or <c>*.example.com</c> for exactly one label more; by https on its own port.</param>
/// <param name="Defaults">Addresses that its settings have by themselves.</param>
/// <param name="Configured">Addresses that the operator, or the sandbox, set: these may be plain http and on a private network.</param>
internal sealed record Egress(ImmutableArray<string> Hosts, ImmutableArray<Uri> Defaults, ImmutableArray<Uri> Configured)
{
    /// <summary>Marks a request whose address somebody set on purpose.</summary>
    public static readonly HttpRequestOptionsKey<bool> Approved = new("engine.approved");

    /// <summary>Whether an address may be called, and whether it may be one of a private network; null: it may not be called.</summary>
    public bool? FindApproval(Uri address)
    {
        if (Configured.Any(known => IsSame(known, address))) return true;
        if (address.Scheme != Uri.UriSchemeHttps) return null;
        return Defaults.Any(known => IsSame(known, address)) || (address.IsDefaultPort && address.HostNameType == UriHostNameType.Dns
                && Hosts.Any(pattern => HostPattern.Fits(pattern, address.IdnHost)))
            ? false
            : null;
    }

    /// <summary>What an address's host is called in a trace: the declared pattern where there is one, since the rest of the name may be a customer's.</summary>
    public string TemplateOf(Uri address) =>
        Configured.Concat(Defaults).Any(known => IsSame(known, address))
            ? address.IdnHost
            : Hosts.FirstOrDefault(pattern => HostPattern.Fits(pattern, address.IdnHost)) ?? "other";

    private static bool IsSame(Uri one, Uri other) =>
        one.Scheme == other.Scheme && one.Port == other.Port && one.IdnHost.Equals(other.IdnHost, StringComparison.OrdinalIgnoreCase);
}

/// <summary>A connection was not made since it would have led where providers are not.</summary>
internal sealed class EgressException(string message) : IOException(message);
