using System.Security.Cryptography;

namespace Engine.Host;

/// <summary>Names one engine process among those over a store: in leases, in the list of nodes, in logs and metrics.</summary>
internal static class NodeName
{
    /// <summary>Such as <c>connect-1-4711-9f3a27c1</c>: machine, process, and what tells it from an earlier process of that number.</summary>
    public static string New() =>
        $"{Environment.MachineName}-{Environment.ProcessId}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}";
}
