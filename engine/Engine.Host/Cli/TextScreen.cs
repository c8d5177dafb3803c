using Engine.Runs;

namespace Engine.Host;

/// <summary>Shows a run to a person at a terminal, and asks.</summary>
internal sealed class TextScreen(Terminal terminal, GivenAnswers given, Phrases phrases, TimeProvider time) : IRunScreen
{
    private readonly Lock gate = new();
    private readonly LiveArea area = new(terminal);
    private readonly PromptParts parts = new(terminal, phrases);
    private StoredRun? run;
    private Question? question;
    private string title = "";
    private string typed = "";
    private string? refusal;
    private bool isStopping;

    public void Start(StartedRun started)
    {
        title = phrases.Pick(started.Title.ByLanguage);
        terminal.Output.WriteLine(Phrases.Fill(phrases.Begun, title, started.Run.Id.Short));
        if (started.Warning is { } warning) terminal.Output.WriteLine(Display.Harmless(phrases.Pick(warning)));
        if (started.Page is { } page) terminal.Output.WriteLine(Phrases.Fill(phrases.Page, page));
        if (started.Phone is { } phone) terminal.Output.WriteLine(Phrases.Fill(phrases.Phone, phone));
    }

    public void Show(StoredRun changed)
    {
        lock (gate)
        {
            run = changed;
            Draw();
        }
    }

    public Task<AskOutcome> AskAsync(PromptView prompt, CancellationToken cancellation) => prompt.CanSubmit
        ? new FormAnswers(given, time, AskFieldAsync).FillAsync(prompt, cancellation)
        : ChooseAsync(prompt, cancellation);

    public void Stop()
    {
        lock (gate)
        {
            isStopping = true;
            Draw();
        }
    }

    public void End(StoredRun ended, AskOutcome.Missing? missing)
    {
        lock (gate)
        {
            area.Clear();
            if (missing is not null) terminal.Output.WriteLine(WhyMissing(missing));
            var isFine = ended.Status == RunStatus.Succeeded;
            terminal.Output.WriteLine($"{(isFine ? "✓" : "✗")} {phrases.EndOf(ended, title)}");
            if (isFine && ended.Exit is { } said && phrases.Pick(said.Text) is { Length: > 0 } text) terminal.Output.WriteLine($"  {text}");
            if (isFine && ended.Connection is { } connection) terminal.Output.WriteLine($"  {Phrases.Fill(phrases.Connection, connection)}");
            if (!isFine && ended.Exit is { } exit)
            {
                terminal.Output.WriteLine($"  {Phrases.Fill(phrases.HowItEnded, exit.Code, exit.Step, ended.Id.Short)}");
            }

            terminal.Output.Flush();
        }
    }

    private string WhyMissing(AskOutcome.Missing missing) => missing.Refusal is { } why
        ? Phrases.Fill(phrases.AnswerRefused, missing.Field, phrases.Pick(why))
        : Phrases.Fill(phrases.NoAnswer, missing.Field);

    private Task<string?> AskFieldAsync(Question asked, CancellationToken cancellation) =>
        ReadAsync(asked, asked.Refusal is { } why ? phrases.Pick(why) : null, cancellation);

    /// <summary>Nothing is asked, but the person may choose an action.</summary>
    private async Task<AskOutcome> ChooseAsync(PromptView prompt, CancellationToken cancellation)
    {
        string? why = null;
        while (await ReadAsync(null, why, cancellation) is { } line)
        {
            var choice = ActionChoice.Of(prompt, null, line, time.GetUtcNow());
            if (choice is { Refusal: null }) return AskOutcome.Given.Only(choice.Action);
            why = choice is { Refusal: { } refused } ? phrases.Pick(refused)
                : line.Length == 0 ? null
                : Phrases.Fill(phrases.NoSuchChoice, Display.Harmless(line));
        }

        // Nobody is there; the prompt goes on without an answer.
        await Task.Delay(Timeout.InfiniteTimeSpan, time, cancellation);
        throw new OperationCanceledException(cancellation);
    }

    private async Task<string?> ReadAsync(Question? asked, string? why, CancellationToken cancellation)
    {
        SetLine(asked, why, "");
        try
        {
            return await terminal.Input.ReadLineAsync(line => SetLine(asked, why, line), cancellation);
        }
        finally
        {
            SetLine(null, null, "");
        }
    }

    private void SetLine(Question? asked, string? why, string line)
    {
        lock (gate)
        {
            (question, refusal, typed) = (asked, why, line);
            Draw();
        }
    }

    private void Draw()
    {
        if (run is null || run.Status.IsFinal()) return;
        var now = time.GetUtcNow();
        if (isStopping) area.Draw(new Frame([], phrases.Stopping, "stopping"));
        else if (run.Prompt is not { } prompt) area.Draw(new Frame([], phrases.Working, "working"));
        else if (prompt.IsBusy) area.Draw(new Frame([], phrases.Checking, "checking"));
        else if (prompt.CanSubmit && question?.Prompt.Id != prompt.Id) area.Draw(new Frame(parts.Of(prompt, null, null, now), "", ""));
        else if (question is not null) area.Draw(new Frame(parts.Of(prompt, question, refusal, now), Asking(question, now), KindOf(question)));
        else area.Draw(new Frame(parts.Of(prompt, null, refusal, now), Waiting(prompt, now), KindOf(prompt, now)));
    }

    private string Asking(Question asked, DateTimeOffset now)
    {
        if (asked.Field is not { } field)
        {
            var button = phrases.Pick(asked.Prompt.Button);
            return Phrases.Fill(phrases.PressEnter, button.Length > 0 ? button : phrases.Submit) + " " + typed;
        }

        var label = phrases.Pick(field.Label).Replace('\n', ' ');
        if (field.Type == "boolean") label += $" ({phrases.YesOrNo})";
        if (!field.IsRequired) label += $" ({phrases.Optional})";
        if (field.Value is { } value) label += $" [{Display.Harmless(value)}]";
        if (terminal.IsScreen && asked.Prompt.ExpiresAt - now is { } left && left < TimeSpan.FromMinutes(1) && left > TimeSpan.Zero)
        {
            label += $" ({Phrases.Fill(phrases.TimeLeft, phrases.Duration(left))})";
        }

        return $"{label}: {(field.Type == "secret" ? new string('•', typed.Length) : Display.Harmless(typed))}";
    }

    private string Waiting(PromptView prompt, DateTimeOffset now)
    {
        var progress = prompt switch
        {
            { Show: { ExpiresAt: { } end } show } when PromptParts.IsAlive(show, now) => Phrases.Fill(phrases.ValidFor, phrases.Duration(end - now)),
            { Show: { } show } when !PromptParts.IsAlive(show, now) => phrases.Refreshing,
            _ => phrases.Waiting,
        };
        return typed.Length > 0 ? $"{progress}  {Display.Harmless(typed)}" : progress;
    }

    private static string KindOf(Question asked) => $"asking {asked.Prompt.Id} {asked.Field?.Name}";

    private static string KindOf(PromptView prompt, DateTimeOffset now) =>
        prompt.Show is { } show ? $"waiting {prompt.Id} {show.Rotation} {PromptParts.IsAlive(show, now)}" : $"waiting {prompt.Id}";
}
