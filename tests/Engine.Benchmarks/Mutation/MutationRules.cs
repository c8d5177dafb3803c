namespace Engine.Benchmarks;

/// <summary>The rules by which a mutant is a right flow, so that nothing could refuse it. Each is decided from the flow's text and the catalog, never
/// from what the checker says.</summary>
internal static class MutationRules
{
    public const string FreeName = "free name: nothing else of the flow names it, so another spelling is another name";

    public const string Default = "documented default: the key is optional, and without it the language does what its table of defaults says";

    public const string OneLanguage = "one language: every text is written once, so that any language's code is right";

    public const string Listed = "listed failure: what is no longer caught ends the run, as the flow's fails (or the engine's own codes) say";

    public const string LaterPoll = "a failure that a poll waits out: by the language it only delays the next round, listed or not";

    public const string EnumArgument = "a literal of an enum given to an operation: each member is a right value, and only the provider knows which was meant";

    public const string AnyText = "a text takes every literal";

    public const string StartsSet = "the name has a value before: it is set by an earlier step, or declared in vars as one that may be null";

    public const string ElseOnly = "an else that is optional: nothing that it sets is read later";
}
