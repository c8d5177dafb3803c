using System.Collections.Immutable;
using Engine.Sandbox;

namespace GitHub.Simulator;

/// <summary>How one scenario goes; the defaults are a GitHub where all goes well and a person who authorizes by himself.</summary>
internal sealed record Course(string Name, string En, string Ru)
{
    /// <summary>All of them; the first is the default.</summary>
    public static ImmutableArray<Course> All { get; } =
    [
        new("granted", "All goes well: authorized by itself after 8 seconds", "Всё хорошо: через 8 секунд разрешает сам"),
        new("manual", "Nothing happens by itself: open the page and type the code", "Само ничего не происходит: откройте страницу и введите код")
        {
            DecidesAfter = null,
        },
        new("denied", "Declined by itself after 8 seconds", "Через 8 секунд отклоняет сам") { Denies = true },
        new("expired", "Nobody types the code, and it lapses after 20 seconds", "Код никто не вводит, через 20 секунд он истекает")
        {
            DecidesAfter = null,
            CodeLife = TimeSpan.FromSeconds(20),
        },
        new("slow-down", "The first two questions are answered with slow_down", "На первые два вопроса отвечает slow_down") { SlowDowns = 2 },
        new("revoked", "Grants, and then no longer accepts its own token", "Разрешает, но затем не принимает свой же токен") { ForgetsToken = true },
        new("disabled", "The application may not use device codes", "Приложению нельзя входить по коду") { IsDisabled = true },
        new("unavailable", "Every third call is answered with 503", "На каждый третий вызов — ответ 503") { IsUnavailable = true },
        new("html", "Answers with a web page instead of JSON", "Отвечает веб-страницей вместо JSON") { AnswersHtml = true },
        new("hang", "Never answers", "Никогда не отвечает") { Hangs = true },
    ];

    /// <summary>When a person decides without anybody's doing; null: never.</summary>
    public TimeSpan? DecidesAfter { get; init; } = TimeSpan.FromSeconds(8);

    public bool Denies { get; init; }

    /// <summary>GitHub's own are fifteen minutes.</summary>
    public TimeSpan CodeLife { get; init; } = TimeSpan.FromMinutes(15);

    public int SlowDowns { get; init; }

    public bool ForgetsToken { get; init; }

    public bool IsDisabled { get; init; }

    public bool IsUnavailable { get; init; }

    public bool AnswersHtml { get; init; }

    public bool Hangs { get; init; }

    public static Course Of(World world) => All.First(course => course.Name == world.Origin.Scenario);

    public Scenario ToScenario() => new(Name, new Dictionary<string, string>(StringComparer.Ordinal) { ["en"] = En, ["ru"] = Ru }, []);
}
