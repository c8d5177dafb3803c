using System.Collections.Immutable;

namespace Engine.Flows;

/// <summary>Collects findings while a flow is checked.</summary>
internal sealed class FindingList
{
    private readonly List<Finding> findings = [];

    /// <summary>Whether the flow is refused.</summary>
    public bool HasErrors => findings.Exists(finding => finding.Severity == Severity.Error);

    /// <summary>How many refuse the flow so far.</summary>
    public int ErrorCount => findings.Count(finding => finding.Severity == Severity.Error);

    public void Add(IEnumerable<Finding> others) => findings.AddRange(others);

    public void Error(FindingCode code, Place place, string message) =>
        findings.Add(new Finding(code.Code, Severity.Error, place, message));

    public void Warning(FindingCode code, Place place, string message) =>
        findings.Add(new Finding(code.Code, Severity.Warning, place, message));

    /// <summary>All of them, in the order of their places; the same one is kept once.</summary>
    public ImmutableArray<Finding> InOrder() =>
        [.. findings.Distinct().OrderBy(finding => finding.Place.Line).ThenBy(finding => finding.Place.Column)];
}
