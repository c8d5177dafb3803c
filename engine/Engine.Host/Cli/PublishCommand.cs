using System.CommandLine;
using System.Globalization;
using Engine.Flows;
using Engine.Storage;

namespace Engine.Host;

/// <summary><c>engine publish</c>: puts checked flows, and the plugin builds they were checked against, into the store for all its engines.</summary>
internal static class PublishCommand
{
    private static readonly Argument<string[]> paths = new("PATH")
    {
        Description = "Flow files, or folders with flow files, which together are all that the engines shall offer.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private static readonly Option<string?> plugins = new("--plugins")
    {
        Description = "The folder with the plugins to publish with them. [default: plugins, beside the executable]",
        HelpName = "FOLDER",
    };

    private static readonly Option<bool> list = new("--list") { Description = "Lists what was published, newest first." };

    private static readonly Option<long?> backTo = new("--back-to")
    {
        Description = "Publishes again what an earlier publication held.",
        HelpName = "NUMBER",
    };

    private static readonly Option<bool> withdraw = new("--withdraw")
    {
        Description = "Publishes nothing any more: each engine serves its own folders again.",
    };

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var command = new Command("publish", "Checks flows and puts them, with the plugins, into the store for all engines over it.")
        {
            paths, plugins, list, backTo, withdraw,
        };
        EngineSwitches.AddStoreTo(command);
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var given = parsed.GetValue(paths) ?? [];
        var wishes = new[] { given.Length > 0, parsed.GetValue(list), parsed.GetValue(backTo) is not null, parsed.GetValue(withdraw) };
        if (wishes.Count(wish => wish) != 1) throw new MisuseException("say what to publish: PATH…, or one of --back-to, --withdraw, --list");
        var output = parsed.InvocationConfiguration.Output;
        if (given.Length > 0) return await PublishAsync(parsed, given, cancellation);

        await using var store = await OpenAsync(parsed, cancellation);
        if (parsed.GetValue(list))
        {
            foreach (var one in await store.ListPublicationsAsync(100, cancellation)) await output.WriteLineAsync(LineOf(one));
            return ExitCode.Fine;
        }

        PublishedFlows? wanted = null;
        if (parsed.GetValue(backTo) is { } number)
        {
            wanted = await FindAsync(store, number, cancellation);
            if (wanted is null)
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync(string.Create(
                    CultureInfo.InvariantCulture,
                    $"engine: publication {number} cannot be gone back to: it does not exist, or its flows are kept no more (the last {EngineStore.KeptPublications} are)"));
                return ExitCode.Negative;
            }
        }

        await TellAsync(output, await store.PublishAsync(wanted, Publisher, cancellation));
        return ExitCode.Fine;
    }

    private static async Task<int> PublishAsync(ParseResult parsed, string[] given, CancellationToken cancellation)
    {
        var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        var files = FlowFiles.Find(given);
        if (files.FirstOrDefault(FlowFiles.IsProvider) is { } provider)
        {
            throw new MisuseException($"'{provider}' describes a provider: it is published from the folder of plugins (--plugins)");
        }

        using var known = KnownPlugins.Load(parsed.GetValue(plugins), error);
        if (!known.Plugins.Problems.IsEmpty) return ExitCode.Negative;
        var checks = CheckReport.Check(files, (source, token) => FlowCompiler.Check(source, known.Catalog, token), cancellation);
        if (await new CheckReport((_, _) => throw new InvalidOperationException(), output, isJson: false).WriteAsync(checks) is var code and not ExitCode.Fine)
        {
            await error.WriteLineAsync("engine: nothing was published");
            return code;
        }

        var flows = checks.Select(check => check.Flow).OfType<CompiledFlow>().ToList();
        await using var store = await OpenAsync(parsed, cancellation);
        await TellAsync(output, await PublishAsync(store, known, flows, cancellation));
        return ExitCode.Fine;
    }

    /// <summary>Keeps everything first: the engines may look for it as soon as it is published.</summary>
    private static async Task<Publication> PublishAsync(
        EngineStore store, KnownPlugins known, IReadOnlyList<CompiledFlow> flows, CancellationToken cancellation)
    {
        var builds = known.Catalog.Providers.Select(provider => provider.Build).Distinct(StringComparer.Ordinal).ToList();
        var missing = await store.WantAsync([.. flows.Select(flow => flow.Version)], builds, cancellation);
        await store.KeepAsync(
            [.. flows.Where(flow => missing.Flows.Contains(flow.Version)).Select(FlowVersions.KeptOf)],
            [.. missing.Builds.Select(build => FlowVersions.KeptOf(build, known.Plugins))], cancellation);
        var versions = flows.Select(flow => KeyValuePair.Create(flow.Name, flow.Version));
        return await store.PublishAsync(PublishedFlows.Of(versions, builds), Publisher, cancellation);
    }

    /// <summary>What a publication holds, as long as all of it is kept; null otherwise.</summary>
    private static async Task<PublishedFlows?> FindAsync(EngineStore store, long number, CancellationToken cancellation)
    {
        if (await store.FindPublishedAsync(number, cancellation) is not { } found) return null;
        var missing = await store.WantAsync([.. found.Flows.Values], found.Builds, cancellation);
        return missing.Flows.Count + missing.Builds.Count == 0 ? found : null;
    }

    private static async Task<EngineStore> OpenAsync(ParseResult parsed, CancellationToken cancellation)
    {
        try
        {
            return await EngineParts.OpenStoreAsync(EngineSwitches.Read(parsed), TimeProvider.System, cancellation);
        }
        catch (StorageUnavailableException unavailable)
        {
            throw new EngineStartException(unavailable.Message.ReplaceLineEndings(" "), unavailable);
        }
    }

    private static string Publisher => $"{Environment.UserName}@{Environment.MachineName}";

    private static Task TellAsync(TextWriter output, Publication now) => output.WriteLineAsync(
        now.Hash.Length == 0 ? $"published: {LineOf(now)}" : $"published: {LineOf(now)}; engines serve it within 5 s");

    private static string LineOf(Publication one) => Display.Harmless(string.Create(
        CultureInfo.InvariantCulture,
        $"{one.Number}  {one.At:yyyy-MM-ddTHH:mm:ssZ}  {one.By}  {(one.Hash.Length == 0 ? "own folders" : $"{one.Flows} flows  {one.Hash[..12]}")}"));
}
