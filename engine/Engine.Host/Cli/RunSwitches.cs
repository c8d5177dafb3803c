using System.Collections.Immutable;
using System.CommandLine;
using Engine.Flows;
using Engine.Runs;

namespace Engine.Host;

/// <summary>What a command line says about the run itself.</summary>
/// <param name="Scenario">Sandbox only; null: the flow's first.</param>
/// <param name="Answers">Replies given in advance, in their order.</param>
/// <param name="Language"><c>en</c> or <c>ru</c>.</param>
internal sealed record RunSwitches(
    string Flow,
    string? Scenario,
    ImmutableDictionary<string, string> Input,
    ImmutableArray<KeyValuePair<string, string>> Answers,
    bool IsJson,
    string Language,
    ConnectionId? Connection,
    Purpose Purpose,
    string Subject)
{
    private static readonly Option<int> port = new("--port")
    {
        Description = "Where the page listens that a flow with 'redirect' or 'hooks' needs. [default: any that is free]",
        HelpName = "NUMBER",
    };

    /// <summary>On loopback; 0 takes any.</summary>
    public int Port { get; init; }

    private static readonly Argument<string> flow = new("FLOW") { Description = "The flow's name, such as telegram-qr." };

    private static readonly Option<bool> sandbox = new("--sandbox")
    {
        Description = "Lets the sandbox play the provider, and the person's phone. Without it the real provider is called.",
    };

    private static readonly Option<string?> scenario = new("--scenario")
    {
        Description = "What happens at the sandbox; 'manual' leaves the phone to you. [default: the flow's first]",
        HelpName = "NAME",
    };

    private static readonly Option<string[]> input = new("--input")
    {
        Description = "An input of the flow; may be given more than once.",
        HelpName = "name=value",
    };

    private static readonly Option<string[]> answer = new("--answer")
    {
        Description = "Answers a field without asking. Several for one field are used in their order, each once. "
            + "'field=/action' takes an action; 'submit=' presses a button.",
        HelpName = "field=value",
    };

    private static readonly Option<bool> json = new("--json")
    {
        Description = "Writes one JSON object for each line and asks nobody: a prompt without an answer ends the run.",
    };

    private static readonly Option<string?> language = OneOf(
        new("--lang") { Description = "The language of texts. [default: the environment's]" }, "en", "ru");

    private static readonly Option<string?> connection = new("--connection")
    {
        Description = "The stored connection to sign in again.",
        HelpName = "ID",
    };

    private static readonly Option<string?> purpose = OneOf(
        new("--purpose") { Description = "What the run is for. [default: reauth with --connection, else connect]" },
        "connect", "reauth", "reconfigure");

    private static readonly Option<string> subject = new("--subject")
    {
        Description = "On whose behalf it runs, in your own words.",
        HelpName = "TEXT",
        DefaultValueFactory = _ => "",
    };

    public static void AddTo(Command command)
    {
        command.Arguments.Add(flow);
        System.CommandLine.Option[] options = [sandbox, scenario, input, answer, json, language, connection, purpose, subject, port];
        foreach (var option in options) command.Options.Add(option);
    }

    /// <exception cref="MisuseException">A pair has no <c>=</c>, or two switches exclude each other.</exception>
    public static RunSwitches Read(ParseResult parsed)
    {
        var id = parsed.GetValue(connection);
        return new RunSwitches(
            parsed.GetRequiredValue(flow),
            parsed.GetValue(scenario),
            InputOf(Pairs("--input", "name", parsed.GetValue(input))),
            [.. Pairs("--answer", "field", parsed.GetValue(answer))],
            parsed.GetValue(json),
            parsed.GetValue(language) ?? Phrases.LanguageOfProcess(),
            id is null ? null : new ConnectionId(id),
            PurposeOf(parsed.GetValue(purpose) ?? (id is null ? "connect" : "reauth")),
            parsed.GetValue(subject) ?? "")
        {
            Port = parsed.GetValue(port) is >= 0 and <= ushort.MaxValue and var number
                ? number
                : throw new MisuseException("--port must be a number from 0 to 65535"),
        };
    }

    /// <summary>The real providers unless a sandbox was asked for: what is played must be said.</summary>
    public static ProviderMode ProvidersOf(ParseResult parsed, ProviderMode said)
    {
        var isPlayed = parsed.GetValue(sandbox);
        if (isPlayed && said is ProviderMode.Real) throw new MisuseException("--sandbox and --real exclude each other");
        if (isPlayed || said is ProviderMode.ExternalSandbox) return said;
        return parsed.GetValue(scenario) is null
            ? new ProviderMode.Real()
            : throw new MisuseException("--scenario is for the sandbox: add --sandbox");
    }

    private static ImmutableDictionary<string, string> InputOf(IEnumerable<KeyValuePair<string, string>> pairs)
    {
        var all = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in pairs)
        {
            if (!all.TryAdd(name, value)) throw new MisuseException($"--input gives '{name}' twice");
        }

        return all.ToImmutable();
    }

    // The message never shows the text: it may be a password whose name was forgotten.
    private static IEnumerable<KeyValuePair<string, string>> Pairs(string option, string name, string[]? texts) => (texts ?? []).Select(text =>
        text.IndexOf('=', StringComparison.Ordinal) is > 0 and var at
            ? KeyValuePair.Create(text[..at], text[(at + 1)..])
            : throw new MisuseException($"{option} must be {name}=value"));

    private static Option<string?> OneOf(Option<string?> option, params string[] words)
    {
        option.AcceptOnlyFromAmong(words);
        return option;
    }

    private static Purpose PurposeOf(string word) => word switch
    {
        "reauth" => Purpose.Reauth,
        "reconfigure" => Purpose.Reconfigure,
        _ => Purpose.Connect,
    };
}
