using System.CommandLine;
using System.Globalization;
using Engine.Runs;
using Engine.Storage;

namespace Engine.Host;

/// <summary><c>engine key</c>: makes, lists and revokes API keys, beside a running engine or without one. A lost key is replaced here.</summary>
internal static class KeyCommand
{
    private const int NameLimit = 60;

    /// <summary>Makes the command.</summary>
    public static Command Create() => new("key", "Makes, lists and revokes API keys.") { CreateAdd(), CreateList(), CreateRevoke() };

    private static Command CreateAdd()
    {
        var name = new Argument<string>("NAME") { Description = "What the key is known by; what is done with it is noted under this name." };
        var scope = new Option<string[]>("--scope")
        {
            Description = "What it opens: 'api' (/v1) or 'ops' (the operators' pages); may be given more than once. [default: api]",
            HelpName = "SCOPE",
        };
        scope.AcceptOnlyFromAmong("api", "ops");
        var command = new Command("add", "Makes an API key and prints it, this once.") { name, scope };
        return WithStore(command, async (parsed, store, output, cancellation) =>
        {
            var wanted = parsed.GetRequiredValue(name);
            if (wanted.Length is 0 or > NameLimit || wanted.Any(char.IsControl)) throw new MisuseException($"NAME must have 1 to {NameLimit} characters");
            var scopes = parsed.GetValue(scope) is { Length: > 0 } given
                ? given.Aggregate(ApiScopes.None, (all, word) => all | (Words.Named<ApiScopes>(word) ?? ApiScopes.None))
                : ApiScopes.Api;
            var key = AccessToken.New(AccessToken.ApiKeyPrefix);
            if (!await store.AddApiKeyAsync(wanted, AccessToken.HashOf(key), scopes, cancellation))
            {
                throw new MisuseException($"there is a key '{wanted}' already: take another name, or revoke that one first");
            }

            await output.WriteLineAsync(key);
            return ExitCode.Fine;
        });
    }

    private static Command CreateList() => WithStore(
        new Command("list", "Lists the names of the keys and what they open; never a key."), async (_, store, output, cancellation) =>
        {
            foreach (var key in await store.ListApiKeysAsync(cancellation))
            {
                var scopes = string.Join(' ', Enum.GetValues<ApiScopes>().Where(one => one != ApiScopes.None && key.Scopes.HasFlag(one)).Select(Words.Word));
                await output.WriteLineAsync(
                    $"{Display.Harmless(key.Name)}  {scopes}  made {key.CreatedAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)} UTC");
            }

            return ExitCode.Fine;
        });

    private static Command CreateRevoke()
    {
        var name = new Argument<string>("NAME") { Description = "The key's name, as 'engine key list' shows it." };
        var command = new Command("revoke", "Revokes a key: from now on it opens nothing, on any node, and sessions that began with it end.") { name };
        return WithStore(command, async (parsed, store, output, cancellation) =>
        {
            var wanted = parsed.GetRequiredValue(name);
            if (!await store.RemoveApiKeyAsync(wanted, cancellation))
            {
                throw new MisuseException($"there is no key '{wanted}': see 'engine key list'");
            }

            await output.WriteLineAsync("revoked");
            return ExitCode.Fine;
        });
    }

    private static Command WithStore(Command command, Func<ParseResult, EngineStore, TextWriter, CancellationToken, Task<int>> work)
    {
        EngineSwitches.AddStoreTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            try
            {
                await using var store = await EngineParts.OpenStoreAsync(EngineSwitches.Read(parsed), TimeProvider.System, cancellation);
                return await work(parsed, store, parsed.InvocationConfiguration.Output, cancellation);
            }
            catch (StorageUnavailableException error)
            {
                throw new EngineStartException(error.Message.ReplaceLineEndings(" "), error);
            }
        });
        return command;
    }
}
