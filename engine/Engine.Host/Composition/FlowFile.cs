using System.Collections.Immutable;
using Engine.Flows;

namespace Engine.Host;

/// <summary>What was made of one flow file at the last look.</summary>
/// <param name="Content">SHA-256 of its bytes; null where it could not be read.</param>
/// <param name="Flow">Its flow: of these bytes where nothing is wrong with them, otherwise the last good one; null where there was none.</param>
/// <param name="Findings">What is wrong with these bytes, warnings included.</param>
/// <param name="Catalog">What they were checked against.</param>
internal sealed record FlowFile(string Path, string? Content, LoadedFlow? Flow, ImmutableArray<Finding> Findings, Catalog Catalog)
{
    /// <summary>Whether the flow is not what the file says now.</summary>
    public bool IsStale => Findings.Any(finding => finding.Severity == Severity.Error);

    /// <summary>Whether another look at the same bytes would give the same.</summary>
    public bool Holds(Catalog now) => ReferenceEquals(Catalog, now)
        || (!IsStale && Flow is not null && Flow.Flow.Providers.All(used => now.FindProvider(used.Key)?.Build == used.Value));
}

/// <summary>A finding about a flow file, for whoever asks the running engine.</summary>
/// <param name="File">The file's name, without its folder.</param>
/// <param name="Flow">The flow that is served from the file all the same: by warnings, or in its last good version. Null where there is none.</param>
public sealed record FileFinding(string File, string? Flow, Finding Finding);
