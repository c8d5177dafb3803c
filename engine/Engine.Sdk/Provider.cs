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

    /// <summary>
    /// The hosts it may call besides the addresses in its settings, by https: <c>api.example.com</c>, or <c>*.example.com</c> for exactly one label more.
    /// Default: none, which does where every address is a setting of type <see cref="Uri"/>.
    /// </summary>
    public string[] Hosts { get; set; } = [];

    /// <summary>
    /// The public record of what is kept to act for a connection, such as tokens: flows give it as <c>connect.credentials</c>, and it is stored
    /// sealed. Two of its properties mean the same for every provider: <c>ExpiresAt</c> (when access ends; <see cref="DateTimeOffset"/>, may be
    /// nullable) and <c>RefreshExpiresAt</c> (when it can no longer be refreshed). Null: the provider's connections have no credentials.
    /// </summary>
    public Type? Credentials { get; set; }

    /// <summary>
    /// What a person must know and do to delete a connection at the provider, where no operation can, in English: whom to ask, and what is lost.
    /// Empty where there is nothing to say.
    /// </summary>
    public string DeletionEn { get; set; } = "";

    /// <summary>The same in Russian.</summary>
    public string DeletionRu { get; set; } = "";
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

    /// <summary>What the engine calls it for by itself, for a stored connection. At most one operation of a provider for each role.</summary>
    public OperationRole Role { get; set; }

    /// <summary>
    /// Of a <see cref="OperationRole.Refresh"/>: how long before access ends the credentials are renewed, never earlier; a duration such as
    /// <c>5m</c>, or a share of their life such as <c>10%</c>. Default: <c>10%</c>. <c>0s</c> where the provider refuses while access lasts.
    /// </summary>
    public string Before { get; set; } = "10%";

    /// <summary>
    /// Of a <see cref="OperationRole.Refresh"/>: renew unused credentials too once the last renewal is this long ago, because the right to
    /// renew lapses unused; a duration such as <c>30d</c>. Empty: they are renewed only when they are needed.
    /// </summary>
    public string KeepAlive { get; set; } = "";

    /// <summary>Of a <see cref="OperationRole.Probe"/>: the time between two looks; a duration such as <c>6h</c>. Default: <c>6h</c>.</summary>
    public string Every { get; set; } = "6h";
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
    /// On a <see cref="RedirectAttribute"/>: the word in the return's <c>error</c> that means this failure, such as <c>access_denied</c>; <c>*</c> for any other. Null:
    /// none does.
    /// </summary>
    public string? OnError { get; set; }

    /// <summary>Whose business it is.</summary>
    public FailureClass Class { get; set; } = FailureClass.User;

    /// <summary>Whether trying again may help.</summary>
    public RetryAdvice Retry { get; set; } = RetryAdvice.Never;

    /// <summary>
    /// What it means for the health of the connection that the operation was called for, with the code as the cause.
    /// <see cref="ConnectionHealth.Active"/>, the default, means nothing: another call may work all the same.
    /// </summary>
    public ConnectionHealth Health { get; set; } = ConnectionHealth.Active;

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
