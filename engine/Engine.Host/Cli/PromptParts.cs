using System.Collections.Immutable;
using Engine.Runs;

namespace Engine.Host;

/// <summary>A prompt as blocks of lines for a terminal; the last line, which lives, is not among them.</summary>
internal sealed class PromptParts(Terminal terminal, Phrases phrases)
{
    private (string Text, int QuietZone, QrBlocks? Code) drawn = ("", 0, null);

    /// <param name="question">What is being asked; null where nothing is.</param>
    /// <param name="refusal">Why what was typed last was not taken; null where it was.</param>
    public ImmutableArray<Part> Of(PromptView prompt, Question? question, string? refusal, DateTimeOffset now)
    {
        var columns = Math.Max(terminal.Size().Columns - 1, 10);
        List<string> blocks =
        [
            phrases.Pick(prompt.Text),
            Lines(prompt.Messages.Select(message => phrases.Pick(message.Text))),
        ];
        var parts = Wrapped(blocks, columns);
        if (prompt.Show is { } show && IsAlive(show, now))
        {
            if (show.Qr is { } qr) parts.Add(new Part(Drawn(qr)));
            parts.AddRange(Wrapped([Shown(show)], columns));
        }

        parts.AddRange(Wrapped([FieldLines(question?.Field), refusal ?? "", Choices(prompt, question?.Field, now)], columns));
        return [.. parts];
    }

    /// <summary>Whether the shown value may still be seen.</summary>
    public static bool IsAlive(ShownValues show, DateTimeOffset now) => show.ExpiresAt is not { } end || now < end;

    private string Drawn(string qr)
    {
        var (columns, lines) = terminal.Size();
        var code = Find(qr, QrBlocks.QuietZone);
        if (code is not null && (code.Width >= columns || code.Height >= lines - 4)) code = Find(qr, QrBlocks.SmallQuietZone);
        if (code is null) return Lines(Display.Wrap(phrases.TooLongToDraw, columns - 1));
        return code.Width < columns && code.Height < lines
            ? Lines(code.Lines(terminal.IsScreen))
            : Lines(Display.Wrap(Phrases.Fill(phrases.WindowTooSmall, code.Width + 1, code.Height + 1), columns - 1));
    }

    private QrBlocks? Find(string qr, int quietZone)
    {
        if (drawn.Text != qr || drawn.QuietZone != quietZone) drawn = (qr, quietZone, QrBlocks.Find(qr, quietZone));
        return drawn.Code;
    }

    private string Shown(ShownValues show) => Lines(
    [
        show.Code is { } code ? Phrases.Fill(phrases.Code, Display.Harmless(code)) : "",
        show.Link is { } link ? Phrases.Fill(phrases.Open, Display.Harmless(link)) : "",
        show.Frame is { } frame ? Phrases.Fill(phrases.Open, Display.Harmless(frame)) : "",
        show.Image is null ? "" : phrases.Picture,
        show.RotationsLeft is { } left ? Phrases.Fill(phrases.RotationsLeft, left) : "",
    ]);

    private string FieldLines(PromptField? field) => field is null ? "" : Lines(
        field.Options.Select((option, index) => $"  {index + 1}  {phrases.Pick(option.Label)}").Prepend(phrases.Pick(field.Hint)));

    private string Choices(PromptView prompt, PromptField? field, DateTimeOffset now)
    {
        var mark = ActionChoice.NeedsMark(field) ? "/" : "";
        return Lines(prompt.Actions.Where(action => action.Left > 0).Select(action =>
            $"  {mark}{Display.Harmless(action.Name)}  {phrases.Pick(action.Label)}"
            + (now < action.AvailableAt ? $" ({phrases.NotYet})" : "")).Append(phrases.HowToStop));
    }

    private static List<Part> Wrapped(IEnumerable<string> blocks, int columns) =>
        [.. blocks.Where(block => block.Length > 0).Select(block => new Part(Lines(Display.Wrap(block.TrimEnd('\n'), columns))))];

    private static string Lines(IEnumerable<string> lines) => string.Join('\n', lines.Where(line => line.Length > 0));
}
