using Engine.Runs;

namespace Engine.Storage;

/// <summary>Says that another node stored something about a run. It may come twice, or not at all: the table is the truth.</summary>
/// <param name="HasWork">Whether the run became due by it: it is new, or its inbox grew. Otherwise what can be seen of it changed.</param>
public readonly record struct RunHint(RunId Run, bool HasWork);
