namespace Engine.Host;

/// <summary>One thing that is wrong with this node at present.</summary>
/// <param name="Name">A stable word of a closed set, such as <c>store_unreachable</c>: it is a label of a metric, and strangers may read it.</param>
/// <param name="Says">One sentence for the operator: the fact and what would be right. May name flows, providers and files; no run, no secret.</param>
/// <param name="IsBlocking">Whether nobody should send work here while it lasts; otherwise the node is ready all the same.</param>
public sealed record HealthProblem(string Name, string Says, bool IsBlocking = false);
