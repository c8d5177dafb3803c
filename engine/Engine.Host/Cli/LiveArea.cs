using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Engine.Host;

/// <summary>What a terminal shows of a run at one moment.</summary>
/// <param name="Parts">Blocks of whole lines, top to bottom.</param>
/// <param name="Live">The last line, which may change with every second and every key.</param>
/// <param name="LiveKind">Says when the live line means something else, and not only another second.</param>
internal sealed record Frame(ImmutableArray<Part> Parts, string Live, string LiveKind);

/// <summary>Lines that change together. Each fits the terminal's width.</summary>
internal sealed record Part(string Text)
{
    public int Rows { get; } = Text.Count(c => c == '\n') + 1;
}

/// <summary>
/// The end of a terminal's output, which changes in place. Only what changed is written again. Where the cursor cannot be moved,
/// each new part is written once, and the live line when it means something else.
/// </summary>
internal sealed class LiveArea(Terminal terminal)
{
    private Frame shown = new([], "", "");

    public void Draw(Frame frame)
    {
        if (terminal.IsScreen) Redraw(frame);
        else Append(frame);
        shown = frame;
    }

    /// <summary>Removes what is shown, where that can be done; what follows is written in its place.</summary>
    public void Clear()
    {
        if (terminal.IsScreen) Write(Back(shown.Parts.AsSpan()) + "\r\u001b[J");
        shown = new([], "", "");
    }

    private void Redraw(Frame frame)
    {
        var (columns, lines) = terminal.Size();
        var live = Fit(frame.Live, columns - 1);
        var same = frame.Parts.Zip(shown.Parts).TakeWhile(pair => pair.First == pair.Second).Count();
        if (same == frame.Parts.Length && same == shown.Parts.Length)
        {
            if (frame.Live != shown.Live) Write("\r" + live + "\u001b[K");
            return;
        }

        var output = new StringBuilder();
        if (Rows(shown.Parts.AsSpan()[same..]) < lines)
        {
            output.Append(Back(shown.Parts.AsSpan()[same..])).Append("\r\u001b[J");
        }
        else
        {
            // What has scrolled out of the window cannot be reached any more.
            output.Append("\r\u001b[K");
            same = 0;
        }

        foreach (var part in frame.Parts.AsSpan()[same..]) output.Append(part.Text).Append('\n');
        Write(output.Append(live).ToString());
    }

    private void Append(Frame frame)
    {
        var output = new StringBuilder();
        foreach (var part in frame.Parts.Except(shown.Parts)) output.Append(part.Text).Append('\n');
        if (frame.LiveKind != shown.LiveKind && frame.Live.Length > 0) output.Append(frame.Live.TrimEnd()).Append('\n');
        if (output.Length > 0) Write(output.ToString());
    }

    private static string Back(ReadOnlySpan<Part> parts) =>
        Rows(parts) is > 0 and var rows ? string.Create(CultureInfo.InvariantCulture, $"\u001b[{rows}A") : "";

    private static int Rows(ReadOnlySpan<Part> parts)
    {
        var rows = 0;
        foreach (var part in parts) rows += part.Rows;
        return rows;
    }

    /// <summary>The end of a line that is too long, since that is where somebody types.</summary>
    private static string Fit(string line, int columns)
    {
        if (Display.Width(line) <= columns) return line;
        var start = 0;
        while (Display.Width(line.AsSpan(start)) > columns - 1) start += char.IsSurrogatePair(line, start) ? 2 : 1;
        return "…" + line[start..];
    }

    private void Write(string text)
    {
        terminal.Output.Write(text);
        terminal.Output.Flush();
    }
}
