using Engine.Tests.Lookalike;
using Xunit;

namespace Engine.Tests;

/// <summary>Expressions that would take hours or gigabytes over <see cref="Listing"/>, were they not stopped.</summary>
internal static class EndlessExpressions
{
    public static IReadOnlyList<string> Texts { get; } =
    [
        "session.names.any(a => session.names.any(b => a.upper.contains(b.lower)))",
        "session.names.any(a => session.names.all(b => a.trim.upper == b))",
        "session.names.count_of(a => a.upper.lower.trim.start(5000).is_empty)",
    ];

    public static TheoryData<string> All => [.. Texts];

    /// <summary>A hundred million characters.</summary>
    public static Listing Listing { get; } = RadistLookalike.Listing() with { Names = [.. Enumerable.Repeat(new string('x', 10_000), 10_000)] };
}
