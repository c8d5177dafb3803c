using Xunit;

namespace Engine.EndToEnd;

/// <summary>
/// A test that is skipped where a tool is missing. With <c>ENGINE_REQUIRE_TOOLS=1</c> it runs all the same, and fails. The reason's form
/// (<c>… not found (where)</c>) is what Directory.Solution.targets counts.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ToolFactAttribute : FactAttribute
{
    public ToolFactAttribute(params Tool[] tools) => Skip = Tools.ReasonToSkip(tools);
}

/// <summary>A theory with the same rule as <see cref="ToolFactAttribute"/>.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ToolTheoryAttribute : TheoryAttribute
{
    public ToolTheoryAttribute(params Tool[] tools) => Skip = Tools.ReasonToSkip(tools);
}
