namespace Engine.Flows;

/// <summary>
/// The compiled expressions of one flow over one set of values. The generated class derives from it. Not thread-safe, cheap to
/// make, made anew for each advance of a run. Every evaluation has its own budget of steps and characters; exceeding it, like
/// any fault of an expression, throws <see cref="ExpressionException"/>.
/// </summary>
public abstract class FlowScope
{
    /// <summary>The value of a slot; null where it is not set.</summary>
    public abstract object? Get(int slot);

    /// <summary>Sets a slot; null empties it.</summary>
    public abstract void Set(int slot, object? value);

    /// <summary>Evaluates condition number <paramref name="index"/>.</summary>
    public abstract bool Condition(int index);

    /// <summary>Evaluates value number <paramref name="index"/>: a variable's new value, a text, or an operation's input record.</summary>
    public abstract object? Value(int index);

    /// <summary>Evaluates the subject of a branch and gives the number of the case that fits, or -1 for none.</summary>
    public abstract int Choice(int index);
}

/// <summary>The slots every flow has. A flow's own variables begin at <see cref="First"/>.</summary>
public static class RootSlots
{
    /// <summary>A generated record of the flow's inputs.</summary>
    public const int Input = 0;

    /// <summary>A generated record: <c>id</c> and <c>params</c> of the stored connection; null unless the purpose is other than connect.</summary>
    public const int Connection = 1;

    /// <summary>A generated record of what an earlier run left at the provider; null where there is none.</summary>
    public const int Leftover = 2;

    /// <summary>The <see cref="Sdk.Failure"/> being handled; null outside <c>catch</c>.</summary>
    public const int Failure = 3;

    /// <summary>A <see cref="RunRoot"/>.</summary>
    public const int Run = 4;

    /// <summary>The moment of the evaluation, a <see cref="DateTimeOffset"/> in UTC.</summary>
    public const int Now = 5;

    /// <summary>The first slot of the flow's own variables.</summary>
    public const int First = 6;
}

/// <summary>The root <c>run</c> of expressions.</summary>
/// <param name="ShortId">Eight characters, fit for a name at a provider.</param>
public sealed record RunRoot(string Id, string ShortId);

/// <summary>A hook of the run, under <c>hooks</c> in expressions.</summary>
/// <param name="Url">Where the provider calls it. Nobody can guess it, so whoever knows it may call.</param>
public sealed record HookRoot(Uri Url)
{
    public override string ToString() => "a hook";
}

/// <summary>An expression failed while a run evaluated it; the message names the place and never a value.</summary>
public sealed class ExpressionException(string message, Exception? inner = null) : Exception(message, inner);
