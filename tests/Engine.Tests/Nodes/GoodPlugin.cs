namespace Engine.Tests.Nodes;

/// <summary>A plugin that no engine ships, and flows that need it.</summary>
internal static class GoodPlugin
{
    public const string Source = """
        public record In(string Text);
        public record Out(string Text);
        [Provider("good")]
        public class GoodProvider
        {
            [Operation(Effect.Safe)]
            public Task<Result<Out>> SayAsync(In input, CancellationToken cancellation) => Task.FromResult<Result<Out>>(new Out(input.Text));

            [Operation(Effect.Safe)]
            public async Task<Result<Out>> HangAsync(In input, CancellationToken cancellation)
            {
                await Task.Delay(Timeout.Infinite, cancellation);
                return new Out(input.Text);
            }
        }
        """;

    /// <summary>Calls, asks, and calls once more.</summary>
    public const string Flow = """
        flow: say
        title: { en: Say }
        languages: [en]
        uses: { good: good }
        fails: { no_answer: { en: Nobody answered. } }
        steps:
          - call: good.say
            with: { text: hello }
            as: answer
          - prompt: { sure: { type: bool, label: { en: Sure } } }
            text: { en: "Says {{ answer.text }}" }
            timeout: 5m
            on_timeout: { fail: no_answer }
            as: last
          - call: good.say
            with: { text: goodbye }
            as: answer
          - done:
        """;

    public const string Hanging = """
        flow: hang
        title: { en: Hang }
        languages: [en]
        uses: { good: good }
        steps:
          - call: good.hang
            with: { text: hello }
            as: answer
          - done:
        """;
}
