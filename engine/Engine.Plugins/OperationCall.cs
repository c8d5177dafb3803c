using System.Collections.Frozen;
using System.Reflection;
using Engine.Flows;
using Engine.Sdk;

namespace Engine.Plugins;

/// <summary>Calls one operation, and keeps the plugin's mistakes on its own side: nothing that it throws comes through.</summary>
internal abstract class OperationCall
{
    private static readonly FrozenSet<string> Common =
    [
        Failures.RateLimited, Failures.ProviderTimeout, Failures.ProviderDown, Failures.ProviderChanged, Failures.ConfigError,
        Failures.InDoubt, Failures.Internal,
    ];

    private readonly string label;
    private readonly FrozenSet<string> codes;

    private OperationCall(string provider, Operation operation)
    {
        label = $"{provider}.{operation.Name}";
        codes = operation.Failures.Select(failure => failure.Code).Concat(Common).ToFrozenSet(StringComparer.Ordinal);
    }

    /// <summary>The longest any call may take, whatever the plugin does with its token.</summary>
    public static TimeSpan Deadline { get; } = TimeSpan.FromSeconds(60);

    public static OperationCall To(ProviderClass provider, OperationMethod operation) =>
        (OperationCall)(Activator.CreateInstance(
            typeof(Typed<,,>).MakeGenericType(operation.Method.DeclaringType ?? provider.Constructor.DeclaringType ?? typeof(object), operation.Input, operation.Output),
            provider.Provider.Name, operation.Operation, operation.Method)
            ?? throw new InvalidOperationException($"'{operation.Method}' cannot be bound"));

    /// <summary>Calls it on an instance of the provider's class.</summary>
    /// <exception cref="OperationCanceledException">The given token was cancelled.</exception>
    public async Task<CallOutcome> CallAsync(object instance, object input, TimeProvider time, CancellationToken cancellation)
    {
        using var deadline = new CancellationTokenSource(Deadline, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation, deadline.Token);
        try
        {
            // On a thread of its own and given up at the deadline: a plugin may block, or forget its token.
            return await Task.Run(() => InvokeAsync(instance, input, both.Token), both.Token).WaitAsync(both.Token);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            throw;
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            return new CallOutcome.Failed(new Failure(Failures.ProviderTimeout, $"{label}: the call took too long", IsInDoubt: true));
        }
        catch (Exception error)
        {
            // The type alone: a message may hold what must not be seen.
            return new CallOutcome.Failed(
                new Failure(Failures.Internal, $"{label}: the plugin threw {error.GetType().FullName}", IsInDoubt: true));
        }
    }

    protected abstract Task<CallOutcome> InvokeAsync(object instance, object input, CancellationToken cancellation);

    private CallOutcome Outcome(object? value, Failure? failure, TimeSpan? pace)
    {
        if (failure is null)
        {
            return value is not null
                ? new CallOutcome.Answered(value, pace)
                : new CallOutcome.Failed(new Failure(Failures.Internal, $"{label}: the plugin gave neither an answer nor a failure", IsInDoubt: true));
        }

        return new CallOutcome.Failed(codes.Contains(failure.Code)
            ? failure
            : failure with
            {
                Code = Failures.Internal,
                Message = $"{label}: the plugin gave the failure '{failure.Code}', which the operation does not declare",
            });
    }

    private sealed class Typed<TProvider, TInput, TOutput>(string provider, Operation operation, MethodInfo method)
        : OperationCall(provider, operation)
        where TOutput : notnull
    {
        private readonly Func<TProvider, TInput, CancellationToken, Task<Result<TOutput>>> call =
            method.CreateDelegate<Func<TProvider, TInput, CancellationToken, Task<Result<TOutput>>>>();

        protected override async Task<CallOutcome> InvokeAsync(object instance, object input, CancellationToken cancellation)
        {
            var result = await call((TProvider)instance, (TInput)input, cancellation);
            return Outcome(result.Value, result.Failure, result.Pace);
        }
    }
}
