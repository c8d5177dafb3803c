using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace Engine.Flows;

/// <summary>Names a flow by all that goes into its compilation.</summary>
internal static class FlowVersion
{
    /// <summary>Changes whenever the same flow compiles to something else.</summary>
    private const int Compiler = 1;

    /// <summary>SHA-256 in lower-case hex.</summary>
    public static string Of(FlowSource source, ImmutableDictionary<string, string> builds)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"engine flow {Compiler}\n"));
        foreach (var (provider, build) in builds.OrderBy(one => one.Key, StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{provider} {build}\n"));
        }

        hash.AppendData(Encoding.UTF8.GetBytes("\n"));
        hash.AppendData(source.Content.Span);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
