using System.Reflection;
using Engine.Sdk;

namespace Engine.Plugins;

/// <summary>One hook: lets the plugin read a call, and keeps its mistakes on its own side.</summary>
internal abstract class HookCall
{
    private const int KeyLimit = 200;
    private const int AnswerLimit = 64 * 1024;

    private readonly string label;

    private HookCall(string label) => this.label = label;

    /// <summary>The longest a plugin may take over one call.</summary>
    public static TimeSpan Deadline { get; } = TimeSpan.FromSeconds(2);

    public static HookCall To(string provider, HookMethod hook) =>
        (HookCall)(Activator.CreateInstance(
            typeof(Typed<,>).MakeGenericType(hook.Method.DeclaringType ?? typeof(object), hook.Payload), $"{provider}.{hook.Hook.Name}", hook.Method)
            ?? throw new InvalidOperationException($"'{hook.Method}' cannot be bound"));

    public async Task<HookOutcome> ReadAsync(object instance, HookRequest request, TimeProvider time, CancellationToken cancellation)
    {
        try
        {
            return Checked(await Task.Run(() => Read(instance, request), cancellation).WaitAsync(Deadline, time, cancellation));
        }
        catch (TimeoutException)
        {
            return Internal("the plugin took too long");
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            return Internal($"the plugin threw {PluginBuild.TypeOf(error)}");
        }
    }

    protected abstract HookOutcome Read(object instance, HookRequest request);

    private HookOutcome Checked(HookOutcome outcome) => outcome switch
    {
        HookOutcome.Accepted accepted when accepted.Key is { Length: 0 or > KeyLimit } => Internal("the plugin gave a key that is empty or too long"),
        HookOutcome.Accepted accepted when !IsFine(accepted.Answer) => Internal("the plugin gave an answer that cannot be sent"),
        HookOutcome.Ignored ignored when !IsFine(ignored.Answer) => Internal("the plugin gave an answer that cannot be sent"),
        HookOutcome.Refused refused when refused.Status is < 400 or > 499 || !PluginInspector.SnakeCase().IsMatch(refused.Code) =>
            Internal("the plugin refused with a status or a code that there is not"),
        _ => outcome,
    };

    private static bool IsFine(HookAnswer answer) =>
        answer.Status is >= 200 and <= 299 && answer.Body.Length <= AnswerLimit && answer.ContentType.All(c => c is > ' ' and <= '~');

    private HookOutcome.Failed Internal(string what) => new(new Failure(Failures.Internal, $"{label}: {what}"));

    private sealed class Typed<TProvider, TPayload>(string label, MethodInfo method) : HookCall(label)
        where TPayload : class
    {
        private readonly Func<TProvider, HookRequest, HookReading<TPayload>> read =
            method.CreateDelegate<Func<TProvider, HookRequest, HookReading<TPayload>>>();

        protected override HookOutcome Read(object instance, HookRequest request)
        {
            var reading = read((TProvider)instance, request);
            if (reading.Refusal is { } code) return new HookOutcome.Refused(code, reading.Answer.Status);
            return reading.Payload is { } payload
                ? new HookOutcome.Accepted(payload, reading.Key, reading.Answer) { News = reading.News }
                : new HookOutcome.Ignored(reading.Answer);
        }
    }
}

/// <summary>What a plugin made of a provider's call.</summary>
public abstract record HookOutcome
{
    private HookOutcome()
    {
    }

    /// <summary>The call is genuine.</summary>
    /// <param name="Payload">A record of the hook's payload type.</param>
    /// <param name="Key">By which a repeat is known; null: the same request is one.</param>
    public sealed record Accepted(object Payload, string? Key, HookAnswer Answer) : HookOutcome
    {
        /// <summary>What it says of an account's connections; null: nothing.</summary>
        public AccountNews? News { get; init; }

        public override string ToString() => "accepted";
    }

    /// <summary>The call is answered, and nothing else happens.</summary>
    public sealed record Ignored(HookAnswer Answer) : HookOutcome;

    /// <summary>The call is refused.</summary>
    public sealed record Refused(string Code, int Status) : HookOutcome;

    /// <summary>The call could not be read: settings are wrong, or the plugin is.</summary>
    public sealed record Failed(Failure Failure) : HookOutcome;
}
