using System.Collections.Immutable;
using Engine.Flows;
using Engine.Runs;

namespace Engine.Host;

/// <summary>How a run is shown: to people, or to programs.</summary>
internal interface IRunScreen
{
    /// <summary>The run exists now.</summary>
    void Start(StartedRun run);

    /// <summary>The run as it is; comes at each change and at least once a second.</summary>
    void Show(StoredRun run);

    /// <summary>Asks what the prompt asks, until that is answered or cancelled. Where there is nothing to answer, it may never end.</summary>
    Task<AskOutcome> AskAsync(PromptView prompt, CancellationToken cancellation);

    /// <summary>The run is being stopped; what was begun at the provider is taken back.</summary>
    void Stop();

    /// <summary>The run has ended.</summary>
    /// <param name="missing">The answer whose lack ended it; null where it ended otherwise.</param>
    void End(StoredRun run, AskOutcome.Missing? missing);
}

/// <summary>A run that was just made.</summary>
/// <param name="Title">The flow's title, by language.</param>
/// <param name="Phone">Where the sandbox plays the person's phone; null where nobody has to touch it.</param>
internal sealed record StartedRun(StoredRun Run, LocalText Title, Uri? Phone)
{
    /// <summary>What an operator says about a provider of the flow, by language; null while all is well.</summary>
    public IReadOnlyDictionary<string, string>? Warning { get; init; }

    /// <summary>The run's page, from which the person goes to the provider's; null where the flow needs none.</summary>
    public string? Page { get; init; }
}

/// <summary>What came of asking.</summary>
internal abstract record AskOutcome
{
    private AskOutcome() { }

    /// <param name="Values">By field name. May hold secrets.</param>
    public sealed record Given(string Action, IReadOnlyDictionary<string, string> Values) : AskOutcome
    {
        /// <summary>An action without values.</summary>
        public static Given Only(string action) => new(action, ImmutableDictionary<string, string>.Empty);

        public override string ToString() => Action;
    }

    /// <summary>Nobody is there to answer.</summary>
    /// <param name="Field">The field, or <c>submit</c> where only a button is to be pressed.</param>
    /// <param name="Refusal">Why the last answer that was there was not taken, by language; null where there was none.</param>
    public sealed record Missing(string Field, IReadOnlyDictionary<string, string>? Refusal) : AskOutcome;
}
