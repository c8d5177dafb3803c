using System.Diagnostics.CodeAnalysis;

namespace Engine.Sdk;

/// <summary>What an operation gives: a value, or the failure that took its place. Both convert to it by themselves.</summary>
public readonly struct Result<T>
    where T : notnull
{
    private Result(T? value, Failure? failure) => (Value, Failure) = (value, failure);

    /// <summary>The answer; null where the operation failed.</summary>
    public T? Value { get; }

    /// <summary>The failure; null where there is an answer.</summary>
    public Failure? Failure { get; }

    /// <summary>Whether there is no answer.</summary>
    [MemberNotNullWhen(true, nameof(Failure))]
    [MemberNotNullWhen(false, nameof(Value))]
    public bool IsFailure => Failure is not null;

    public static implicit operator Result<T>(T value) => new(value, null);

    public static implicit operator Result<T>(Failure failure) => new(default, failure);
}
