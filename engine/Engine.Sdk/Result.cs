using System.Diagnostics.CodeAnalysis;

namespace Engine.Sdk;

/// <summary>What an operation gives: a value, or the failure that took its place. Both convert to it by themselves.</summary>
public readonly struct Result<T>
    where T : notnull
{
    private Result(T? value, Failure? failure) => (Value, Failure) = (value, failure);

    /// <summary>The answer, where more is to be said of it.</summary>
    public Result(T value)
        : this(value, null)
    {
    }

    /// <summary>The answer; null where the operation failed.</summary>
    public T? Value { get; }

    /// <summary>The failure; null where there is an answer.</summary>
    public Failure? Failure { get; }

    /// <summary>
    /// How long the provider wants a poll to wait before the next call; it only makes the flow's own pause longer. Null where it did not say.
    /// </summary>
    public TimeSpan? Pace { get; init; }

    /// <summary>Whether there is no answer.</summary>
    [MemberNotNullWhen(true, nameof(Failure))]
    [MemberNotNullWhen(false, nameof(Value))]
    public bool IsFailure => Failure is not null;

    public static implicit operator Result<T>(T value) => new(value, null);

    public static implicit operator Result<T>(Failure failure) => new(default, failure);
}
