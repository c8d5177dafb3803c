namespace Engine.Tests.Host;

/// <summary>Small flows that call nobody.</summary>
internal static class Samples
{
    /// <summary>Asks twice: a pin of four digits with a note, then whether that is sure.</summary>
    public const string Ask = """
        flow: ask
        title: { en: Ask, ru: Спроси }
        languages: [en, ru]
        purpose: [connect]
        input:
          name: { type: string, default: Ann, max_length: 10, label: { en: Name, ru: Имя } }
        fails:
          no_answer: { en: Nobody answered., ru: Никто не ответил. }
        limits: { total: 20m }
        steps:
          - prompt:
              pin: { type: code, label: { en: Pin, ru: Пин }, pattern: "[0-9]{4}" }
              note: { type: string?, max_length: 20, label: { en: Note, ru: Заметка } }
            text: { en: "Hello {{ input.name }}", ru: "Привет, {{ input.name }}" }
            timeout: 5m
            on_timeout: { fail: no_answer }
            actions:
              later: { label: { en: Later, ru: Позже }, after: 60s, max: 2, do: [] }
            as: form
          - prompt: { sure: { type: bool, label: { en: Sure, ru: Точно } } }
            timeout: 5m
            on_timeout: { fail: no_answer }
            as: last
          - done:
        """;
}
