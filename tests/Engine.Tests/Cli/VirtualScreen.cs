using System.Text;
using Xunit;

namespace Engine.Tests.Cli;

/// <summary>A terminal in memory: understands what the engine sends to one, and can be waited on.</summary>
internal sealed class VirtualScreen(int columns = 80, int lines = 50) : TextWriter
{
    private readonly Lock gate = new();
    private readonly List<StringBuilder> rows = [new()];
    private readonly StringBuilder raw = new();
    private readonly List<(Func<bool> Holds, TaskCompletionSource Met)> waiting = [];
    private int row;
    private int column;

    public override Encoding Encoding => Encoding.UTF8;

    public (int Columns, int Lines) Size { get; set; } = (columns, lines);

    /// <summary>Everything that was sent, escape sequences included.</summary>
    public string Raw
    {
        get
        {
            lock (gate) return raw.ToString();
        }
    }

    /// <summary>What can be seen, without the spaces at the ends of lines.</summary>
    public string Text
    {
        get
        {
            lock (gate) return string.Join('\n', rows.Select(line => line.ToString().TrimEnd())).TrimEnd('\n');
        }
    }

    public int CursorRow => row;

    public override void Write(char value) => Write(value.ToString());

    public override void WriteLine(string? value) => Write(value + "\n");

    public override void Write(string? value)
    {
        lock (gate)
        {
            raw.Append(value);
            for (var i = 0; i < value?.Length; i++) i += Take(value, i);
            foreach (var met in waiting.Where(wait => wait.Holds()).ToList())
            {
                waiting.Remove(met);
                met.Met.TrySetResult();
            }
        }
    }

    /// <summary>Waits until a text can be seen.</summary>
    public Task SeesAsync(string text) => MeetsAsync(() => Text.Contains(text, StringComparison.Ordinal), text);

    /// <summary>Waits until a text cannot be seen any more.</summary>
    public Task LosesAsync(string text) => MeetsAsync(() => !Text.Contains(text, StringComparison.Ordinal), $"without {text}");

    private async Task MeetsAsync(Func<bool> holds, string what)
    {
        TaskCompletionSource met = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (gate)
        {
            if (holds()) return;
            waiting.Add((holds, met));
        }

        // Only a test that fails anyway gets here; without it the run would hang.
        try
        {
            await met.Task.WaitAsync(Patience.Limit);
        }
        catch (TimeoutException)
        {
            Assert.Fail($"expected on the screen: {what}\nseen:\n{Text}");
        }
    }

    /// <summary>Takes one character or escape sequence; gives how many characters more than one it took.</summary>
    private int Take(string value, int at)
    {
        switch (value[at])
        {
            case '\r':
                column = 0;
                return 0;
            case '\n':
                (row, column) = (row + 1, 0);
                if (row == rows.Count) rows.Add(new StringBuilder());
                return 0;
            case '\u001b':
                var end = at + 2;
                while (!char.IsAsciiLetter(value[end])) end++;
                Obey(value[end], value[(at + 2)..end]);
                return end - at;
            default:
                Put(value[at]);
                return 0;
        }
    }

    private void Put(char character)
    {
        Assert.True(column < Size.Columns, $"line {row} is longer than the terminal is wide");
        var line = rows[row];
        while (line.Length <= column) line.Append(' ');
        line[column++] = character;
    }

    private void Obey(char command, string argument)
    {
        switch (command)
        {
            case 'A':
                var up = int.Parse(argument, System.Globalization.CultureInfo.InvariantCulture);
                Assert.True(up <= row && up < Size.Lines, $"the cursor cannot go up {up} lines");
                row -= up;
                break;
            case 'J':
                rows[row].Length = Math.Min(rows[row].Length, column);
                rows.RemoveRange(row + 1, rows.Count - row - 1);
                break;
            case 'K':
                rows[row].Length = Math.Min(rows[row].Length, column);
                break;
            case 'm':
                break;
            default:
                Assert.Fail($"the engine sent '{command}', which this terminal does not know");
                break;
        }
    }
}
