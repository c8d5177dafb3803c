using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Engine.Plugins;
using Engine.Runs;
using Engine.Sdk;
using Engine.Storage;

namespace Engine.Host;

/// <summary>Where a person goes.</summary>
/// <param name="Browser">What the browser must keep in its cookie.</param>
/// <param name="State">The hash of the visit's state, by which its page's refusal is known.</param>
/// <param name="PostsErrors">Whether the page tells its opener of a refusal.</param>
internal sealed record VisitStart(Uri Address, string Browser, TokenHash State, bool PostsErrors);

/// <summary>
/// Sends persons to providers' pages. Each time it makes a new <c>state</c> of 256 bits, good for one return of this browser to this prompt,
/// and a PKCE pair where the redirect wants one. Only the hash of the state is stored.
/// </summary>
internal sealed class Visits(
    EngineStore store, FlowLibrary flows, PluginCatalog plugins, PluginOperationCaller caller, EngineAddress address, TimeProvider time)
{
    /// <summary>How long a person may stay at the provider.</summary>
    private static readonly TimeSpan life = TimeSpan.FromMinutes(10);

    /// <summary>Makes a visit; null where the run asks for something else now.</summary>
    /// <param name="browser">The cookie that the browser has from an earlier visit; null where it has none.</param>
    public async Task<Result<VisitStart>?> StartAsync(
        StoredRun row, PromptId prompt, string? browser, bool isPopup, CancellationToken cancellation)
    {
        if (await FindStepAsync(row, prompt, cancellation) is not var (flow, step) || step is null) return null;
        if (!caller.Reaches(row.World)) return new Failure(Failures.ConfigError, PluginOperationCaller.OutOfReach(row.World));
        if (await caller.FindSettingsAsync(step.Step.Provider, row.World, cancellation) is not { } settings)
        {
            return new Failure(Failures.ConfigError, "the run lives in a world of the sandbox that this engine does not have");
        }

        var (state, hash) = EngineAddress.NewToken(RandomNumberGenerator.Fill);
        var build = flow.Flow.Providers[step.Step.Provider];
        var page = plugins.FindProvider(step.Step.Provider, build)?.FindRedirect(step.Step.Page);
        var verifier = page is { HasPkce: true } ? EngineAddress.NewToken(RandomNumberGenerator.Fill).Token : null;
        var found = plugins.FindAddress(
            step.Step.Provider, build, step.Step.Page, step.Input,
            new RedirectVisit(new Secret(state), address.ReturnOf(step.Step.Provider, row.World), verifier is null ? null : ChallengeOf(verifier)),
            settings);
        if (found.IsFailure) return found.Failure;

        var token = browser ?? EngineAddress.NewToken(RandomNumberGenerator.Fill).Token;
        var end = time.GetUtcNow() + life;
        await store.AddVisitAsync(
            hash,
            new Visit(
                row.Id, prompt, step.Step.Provider, row.World, EngineAddress.HashOf(token), isPopup,
                verifier is null ? null : new Secret(verifier), step.ExpiresAt < end ? step.ExpiresAt.Value : end),
            cancellation);
        return new VisitStart(found.Value, token, hash, page is { PostsErrors: true });
    }

    /// <summary>Reads what a person came back with, and hands it to the run. False where the visit was used before.</summary>
    public async Task<bool> ReturnAsync(
        TokenHash state, Visit visit, IReadOnlyList<KeyValuePair<string, string>> query, CancellationToken cancellation)
    {
        if (await store.FindAsync(visit.Run, cancellation) is not { } row || await FindStepAsync(row, visit.Prompt, cancellation) is not var (flow, step)
            || step is null)
        {
            return false;
        }

        var settings = await caller.FindSettingsAsync(visit.Provider, visit.World, cancellation);
        Result<object> read = settings is null
            ? new Failure(Failures.ConfigError, "the run lives in a world of the sandbox that this engine does not have")
            : plugins.ReadReturn(
                visit.Provider, flow.Flow.Providers[visit.Provider], step.Step.Page, query, visit.Verifier,
                address.ReturnOf(visit.Provider, visit.World), settings);
        var back = read.IsFailure
            ? new Return(state, visit.Prompt, null, read.Failure)
            : new Return(state, visit.Prompt, SignalJson.Of(read.Value, flow), null);
        return await store.AcceptReturnAsync(visit.Run, back, cancellation);
    }

    private async Task<(Engine.Flows.LoadedFlow Flow, RedirectStep? Step)?> FindStepAsync(
        StoredRun row, PromptId prompt, CancellationToken cancellation)
    {
        if (row.Status.IsFinal() || row.Prompt?.Id != prompt || row.Prompt.Redirect is null) return null;
        if (await flows.FindAsync(row.Flow, row.FlowVersion, cancellation) is not { } flow) return null;
        var step = RedirectStep.Of(flow, RunCodec.Decode(flow, row.State.Span), time.GetUtcNow());
        return step?.Prompt == prompt ? (flow, step) : null;
    }

    /// <summary>RFC 7636, 4.2: S256.</summary>
    private static string ChallengeOf(string verifier) => Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)));
}
