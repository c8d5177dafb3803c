using System.Collections.Immutable;
using Engine.Runs;

namespace Engine.Tests.Cli;

/// <summary>Prompts as flows make them.</summary>
internal static class Prompts
{
    private static readonly ImmutableDictionary<string, string> none = ImmutableDictionary<string, string>.Empty;

    public static PromptView Qr(string payload, DateTimeOffset? expiresAt, int rotation = 1) => new(
        new PromptId("p1"), rotation, "scan", false, Text("Scan it with your phone", "Отсканируйте телефоном"), [], false, none,
        new ShownValues(payload, null, null, null, null, expiresAt, rotation, null), [], [], null, null);

    public static PromptView Form(string id, params PromptField[] fields) => new(
        new PromptId(id), 1, "ask", false, Text("Your account is protected", "Ваш аккаунт защищён"), [.. fields], true, none, null, [], [], null, null);

    public static PromptView Button(string id) => Form(id) with { Button = Text("I have done it", "Готово") };

    public static PromptField Field(string name, string type, bool isRequired = true, string? value = null, params string[] options) => new(
        name, type, isRequired, Text(name, name + " (ru)"), none, null, 64, value,
        [.. options.Select(option => new PromptOption(option, Text("option " + option, "вариант " + option)))]);

    public static PromptView With(this PromptView prompt, params ActionView[] actions) => prompt with { Actions = [.. actions] };

    public static PromptView Refused(this PromptView prompt, string why) =>
        prompt with { Messages = [new PromptMessage("refused", Text(why, why + " (ru)"))] };

    public static ActionView Action(string name, DateTimeOffset availableAt) => new(name, Text("do " + name, "сделать " + name), availableAt, 2);

    public static ImmutableDictionary<string, string> Text(string en, string ru) => none.Add("en", en).Add("ru", ru);
}
