using System.Text;

namespace Engine.Host;

/// <summary>Lines typed at a keyboard, key by key and without echo, so that waiting for one can be given up at any moment.</summary>
internal sealed class KeyboardInput(TimeProvider time) : ILineInput
{
    // Console.ReadKey blocks and cannot be cancelled; a person does not notice this delay.
    private static readonly TimeSpan lookEvery = TimeSpan.FromMilliseconds(30);

    public async Task<string?> ReadLineAsync(Action<string> typed, CancellationToken cancellation)
    {
        var line = new StringBuilder();
        while (true)
        {
            while (!Console.KeyAvailable) await Task.Delay(lookEvery, time, cancellation);
            cancellation.ThrowIfCancellationRequested();
            var key = Console.ReadKey(intercept: true);

            // A terminal that was closed has a key at any time, and it is none.
            if (key is { Key: default(ConsoleKey), KeyChar: '\0' }) return null;
            if (key.Key == ConsoleKey.Enter) return line.ToString();
            if (IsControl(key, ConsoleKey.D) && line.Length == 0) return null;
            Apply(key, line);
            typed(line.ToString());
        }
    }

    private static void Apply(ConsoleKeyInfo key, StringBuilder line)
    {
        if (key.Key == ConsoleKey.Backspace && line.Length > 0)
        {
            var isPair = line.Length > 1 && char.IsLowSurrogate(line[^1]);
            line.Length -= isPair ? 2 : 1;
        }
        else if (IsControl(key, ConsoleKey.U))
        {
            line.Clear();
        }
        else if (!char.IsControl(key.KeyChar))
        {
            line.Append(key.KeyChar);
        }
    }

    private static bool IsControl(ConsoleKeyInfo key, ConsoleKey letter) =>
        key.Key == letter && key.Modifiers.HasFlag(ConsoleModifiers.Control);
}
