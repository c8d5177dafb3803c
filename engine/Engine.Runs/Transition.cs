using System.Collections.Immutable;

namespace Engine.Runs;

/// <summary>What one event changed.</summary>
/// <param name="Effects">What the host must do after the new state is stored; at most one.</param>
/// <param name="Journal">What to note, in order; the store numbers it.</param>
/// <param name="Connection">The connection to store; null for none.</param>
/// <param name="Leftover">What to keep for the subject's next run, as JSON; null for none.</param>
/// <param name="IsLeftoverUsedUp">Whether what this run took from an earlier one is gone for good.</param>
/// <param name="IsQuiet">
/// Whether nothing changed that must be stored: a poll round began, or ended as the one before. Its effects may be performed, and
/// then only the due time needs to be written.
/// </param>
public sealed record Transition(
    Run Run,
    ImmutableArray<Effect> Effects,
    ImmutableArray<JournalEntry> Journal,
    Connection? Connection,
    string? Leftover,
    bool IsLeftoverUsedUp,
    bool IsQuiet);
