namespace Engine.Flows;

/// <summary>A stretch of a flow file; lines and columns are counted from 1, the end is one past the last character.</summary>
public readonly record struct Place(string File, int Line, int Column, int EndLine, int EndColumn)
{
    public override string ToString() => $"{File}({Line},{Column})";
}

/// <summary>How grave a finding is.</summary>
public enum Severity
{
    /// <summary>The flow is refused.</summary>
    Error,

    /// <summary>The flow may run; its author should look.</summary>
    Warning,
}

/// <summary>One mistake in a flow file: a stable code, where it is, and a sentence that says what is wrong and what would be right.</summary>
public sealed record Finding(string Code, Severity Severity, Place Place, string Message)
{
    public override string ToString() =>
        $"{Place}: {(Severity == Severity.Error ? "error" : "warning")} {Code}: {Message}";
}
