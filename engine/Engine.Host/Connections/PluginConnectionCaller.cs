using System.Diagnostics;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Engine.Flows;
using Engine.Plugins;
using Engine.Runs;
using Engine.Sdk;

namespace Engine.Host;

/// <summary>Calls operations for stored connections through the newest build of their plugin, in the world that the connection lives in.</summary>
internal sealed class PluginConnectionCaller(
    PluginCatalog plugins, IConfiguration settings, SandboxLink? sandbox, TimeProvider time) : IConnectionCaller
{
    // One for each build, and gone with it.
    private readonly ConditionalWeakTable<Assembly, Forms> forms = [];

    public Provider? FindProvider(string name) => plugins.Catalog.FindProvider(name);

    public bool Reaches(string? world) => SandboxLink.Reaches(sandbox, world);

    public async Task<ConnectionAnswer> CallAsync(ConnectionCall call, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(call);
        var name = call.Connection.Provider;
        if (plugins.Catalog.FindProvider(name) is not { } provider
            || plugins.FindRecords(name, provider.Build, call.Operation.Name) is not { } records)
        {
            return Failed(Failures.Internal, $"provider '{name}' has no operation '{call.Operation.Name}' any more");
        }

        if (!Reaches(call.Connection.World)) return Failed(Failures.ConfigError, PluginOperationCaller.OutOfReach(call.Connection.World));
        if (await PluginOperationCaller.FindSettingsAsync(settings, sandbox, name, call.Connection.World, cancellation) is not { } own)
        {
            return Failed(Failures.ConfigError, "the connection lives in a world of the sandbox that this engine does not have");
        }

        var form = forms.GetValue(records.Input.Assembly, _ => new Forms());
        var (input, problem) = ConnectionInput.Make(records, call, form.Whole);
        if (input is null) return new ConnectionAnswer.InputRefused(problem ?? $"'{call.Operation.Name}' takes no null");

        using var deadline = new CancellationTokenSource(call.Limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, deadline.Token);
        try
        {
            return await plugins.CallAsync(name, provider.Build, call.Operation.Name, input, own, either.Token) switch
            {
                CallOutcome.Answered { Value: var value } => new ConnectionAnswer.Answered(
                    JsonSerializer.SerializeToElement(value, value.GetType(), form.Whole),
                    JsonSerializer.SerializeToElement(value, value.GetType(), form.Open)),
                CallOutcome.Failed { Failure: var failure } => new ConnectionAnswer.Failed(failure),
                _ => throw new UnreachableException(),
            };
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new ConnectionAnswer.Failed(new Failure(
                Failures.ProviderTimeout, $"{name}.{call.Operation.Name}: no answer before the call's deadline", IsInDoubt: true));
        }
    }

    private static ConnectionAnswer.Failed Failed(string code, string message) => new(new Failure(code, message));

    /// <summary>How a build's records are written.</summary>
    private sealed class Forms
    {
        /// <summary>Secrets bare: for the store, which seals them, and for the plugin.</summary>
        public JsonSerializerOptions Whole { get; } = FlowJson.NewOptions();

        /// <summary>For callers: what is secret is left out.</summary>
        public JsonSerializerOptions Open { get; } = new()
        {
            PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            Converters =
            {
                new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower), new NothingConverter<Secret>(), new NothingConverter<ShowOnce>(),
            },
            TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { LeaveSecretsOut } },
        };

        private static void LeaveSecretsOut(JsonTypeInfo type)
        {
            for (var index = type.Properties.Count - 1; index >= 0; index--)
            {
                if (type.Properties[index].PropertyType == typeof(Secret) || type.Properties[index].PropertyType == typeof(ShowOnce))
                {
                    type.Properties.RemoveAt(index);
                }
            }
        }
    }

    /// <summary>Where a secret stands in a list or a map, nothing stands there.</summary>
    private sealed class NothingConverter<T> : JsonConverter<T>
        where T : class
    {
        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException();

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteNullValue();
    }
}
