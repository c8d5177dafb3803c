using System.Collections.Immutable;
using Engine.Flows;
using Engine.Runs;

namespace Engine.Host;

/// <summary>What a run stored in the course of a test: what was shown, and its journal.</summary>
internal sealed class RehearsalRecord(Transcript transcript, FlowCoverage coverage)
{
    /// <summary>Said by other lines of the transcript already.</summary>
    private static readonly string[] SaidElsewhere = ["started", "call_sent", "call_answered", "call_failed", "prompted", "replied", "ended"];

    private (PromptId Id, int Rev)? shown;
    private (string Step, string What)? fault;

    /// <summary>What was shown, with the line of the transcript.</summary>
    public List<(PromptView View, int Line, TimeSpan At)> Prompts { get; } = [];

    public List<JournalEntry> Journal { get; } = [];

    /// <summary>A fault of the engine itself; null for none.</summary>
    public Difference? Trouble(Place place) => fault is var (step, what)
        ? new Difference(place, "the engine does its work", $"it fails at step '{step}': {what}", null)
        : null;

    public void NoteFault(string step, string what) => fault ??= (step, what);

    public void Note(RunSave save)
    {
        foreach (var entry in save.Journal) Note(entry);
        var prompt = save.Run.Prompt;
        if (prompt is null) shown = null;
        else if (!prompt.IsBusy && shown != (prompt.Id, prompt.Rev))
        {
            shown = (prompt.Id, prompt.Rev);
            var line = transcript.Add("prompt", ToText(prompt));
            Prompts.Add((prompt, line, transcript.Lines[line].At));
        }
    }

    private void Note(JournalEntry entry)
    {
        Journal.Add(entry);
        var detail = entry.Detail;
        coverage.Note(
            entry.Kind, entry.Step, detail.GetValueOrDefault("code") ?? detail.GetValueOrDefault("action") ?? detail.GetValueOrDefault("of") ?? "",
            detail.GetValueOrDefault("operation") ?? "");
        if (entry.Kind == "step_entered") transcript.Add("step", entry.Step);
        else if (!SaidElsewhere.Contains(entry.Kind, StringComparer.Ordinal))
        {
            // Marks for whoever proves a history; they say nothing about the flow.
            var details = detail.Where(one => one.Key is not ("fence" or "inbox")).OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => $" {one.Key}={one.Value}");
            transcript.Add("journal", entry.Kind + string.Concat(details));
        }
    }

    private string ToText(PromptView prompt)
    {
        List<string> parts = [$"'{prompt.Step}'"];
        if (prompt.Show is { } show)
        {
            foreach (var (key, value) in RehearsalChecks.Shown(show).Where(one => one.Value.Length > 0)) parts.Add($"{key} {value}");
            if (!show.HasValue()) parts.Add("nothing to see any more");
            else if (show.ExpiresAt is { } end) parts.Add($"until {transcript.At(end)}");
        }

        if (prompt.Redirect is { } page) parts.Add($"to a page of {page.Provider}");
        if (prompt.Fields.Length > 0) parts.Add($"fields {string.Join(", ", prompt.Fields.Select(field => field.Name))}");
        if (prompt.Actions.Length > 0) parts.Add($"actions {string.Join(", ", prompt.Actions.Select(action => action.Name))}");
        if (prompt.Text.Count > 0) parts.Add($"\"{Text(prompt.Text)}\"");
        foreach (var message in prompt.Messages) parts.Add($"said {message.Code} \"{Text(message.Text)}\"");
        if (prompt is { Left: { } left, Messages.Length: > 0 }) parts.Add($"left {left}");
        return string.Join("; ", parts);
    }

    private static string Text(ImmutableDictionary<string, string> text) => text.GetValueOrDefault("en") ?? text.Values.FirstOrDefault("");
}
