namespace Engine.Sdk;

/// <summary>
/// Marks the class that talks to a provider. Its one public constructor takes what it needs of these, in any order: its settings
/// record, <see cref="ProviderHttp"/>, and <see cref="TimeProvider"/>. The settings record has a constructor without parameters
/// and settable properties of type string, int, bool, <see cref="Uri"/> or <see cref="Secret"/>; those that the operator must set are <c>required</c>.
/// </summary>
/// <param name="name">The name flows use under <c>uses</c>: <c>[a-z][a-z0-9_]*</c>.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ProviderAttribute(string name) : Attribute
{
    public string Name => name;
}

/// <summary>
/// Marks a method as an operation that flows may call. It takes one record and a <see cref="CancellationToken"/> and returns
/// <c>Task&lt;Result&lt;T&gt;&gt;</c>, T being a record. Its name in flows is the method's in snake_case, without <c>Async</c>.
/// </summary>
/// <param name="effect">What it means to make the call again.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OperationAttribute(Effect effect) : Attribute
{
    public Effect Effect => effect;

    /// <summary>Whether a success leaves something at the provider, so that a flow must name its <c>undo</c> or say why there is none.</summary>
    public bool Creates { get; set; }
}

/// <summary>Declares a failure of the operation or redirect it stands on, besides <see cref="Failures"/>.</summary>
/// <param name="code">The snake_case code that flows catch.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class FailsAttribute(string code) : Attribute
{
    public string Code => code;

    /// <summary>The input property that the failure is about, by its C# name; a call that leaves it out cannot fail so. Null: any call can.</summary>
    public string? When { get; set; }

    /// <summary>
    /// On a <see cref="RedirectAttribute"/>: the word in the return's <c>error</c> that means this failure, such as <c>access_denied</c>. Null:
    /// none does.
    /// </summary>
    public string? OnError { get; set; }

    /// <summary>Whose business it is.</summary>
    public FailureClass Class { get; set; } = FailureClass.User;

    /// <summary>Whether trying again may help.</summary>
    public RetryAdvice Retry { get; set; } = RetryAdvice.Never;

    /// <summary>What the end user reads, in English.</summary>
    public string En { get; set; } = "";

    /// <summary>What the end user reads, in Russian.</summary>
    public string Ru { get; set; } = "";
}

/// <summary>What it means to make a call again.</summary>
public enum Effect
{
    /// <summary>It changes nothing; polling it is harmless.</summary>
    Safe,

    /// <summary>It may be repeated: a second call does no more than the first.</summary>
    Idempotent,

    /// <summary>It must happen at most once; after a lost answer it is looked up, never repeated.</summary>
    Once,
}

/// <summary>Whose business a failure is.</summary>
public enum FailureClass
{
    User,
    Account,
    Provider,
    Operator,
    Engine,
}

/// <summary>Whether trying again may help.</summary>
public enum RetryAdvice
{
    Now,
    After,
    Never,
}
