using Engine.Flows;
using Engine.Plugins;

namespace Engine.Tests;

/// <summary>A provider that a file describes, loaded as the engine loads it.</summary>
internal sealed class FileProvider : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("engine-provider-").FullName;
    private readonly HttpMessageInvoker http;

    /// <param name="file">The whole file; its provider is called acme.</param>
    public FileProvider(string file, HttpMessageHandler handler)
    {
        File.WriteAllText(Path.Combine(Directory.CreateDirectory(Path.Combine(folder, "plugins")).FullName, "acme.provider.yaml"), file);
        http = new HttpMessageInvoker(handler);
        Plugins = PluginCatalog.Load([Path.Combine(folder, "plugins")], Path.Combine(folder, "builds"), http, Time);
        Provider = Plugins.Catalog.FindProvider("acme") ?? throw new ArgumentException(string.Join('\n', Plugins.Problems));
    }

    public SteppedTime Time { get; } = new();

    public string PluginFolder => Path.Combine(folder, "plugins");

    public PluginCatalog Plugins { get; }

    public Provider Provider { get; }

    /// <summary>The file with one operation, below <c>https://api.acme.example</c>.</summary>
    public static FileProvider Of(string operation, HttpMessageHandler handler) => new(
        $$"""
        provider: acme
        hosts: [api.acme.example]
        settings:
          api: { type: url, default: https://api.acme.example/v1 }
          key: { type: secret }
        operations:
          ask:
        {{string.Concat(operation.ReplaceLineEndings("\n").Split('\n').Select(line => $"    {line}\n"))}}
        """, handler);

    /// <summary>Calls the operation <c>ask</c>; the arguments are in the order in which it takes them.</summary>
    public Task<CallOutcome> AskAsync(params object?[] arguments) => AskWithAsync([KeyValuePair.Create("key", "k3y")], arguments);

    public Task<CallOutcome> AskWithAsync(IEnumerable<KeyValuePair<string, string>> settings, params object?[] arguments)
    {
        var operation = Provider.FindOperation("ask")!;
        var types = Plugins.FindAssembly("acme", Provider.Build)!;
        var input = types.GetType(operation.InputType)!.GetConstructors()[0].Invoke(arguments);
        return Plugins.CallAsync("acme", Provider.Build, "ask", input, new ProviderSettings(settings), default);
    }

    /// <summary>A member of an answer, by its name in the file.</summary>
    public static object? Member(CallOutcome outcome, string name) =>
        outcome is CallOutcome.Answered { Value: var value } ? value.GetType().GetProperty(name)!.GetValue(value) : $"{outcome}";

    public static string? Code(CallOutcome outcome) => (outcome as CallOutcome.Failed)?.Failure.Code;

    public void Dispose()
    {
        Plugins.Dispose();
        http.Dispose();
        Directory.Delete(folder, recursive: true);
    }
}
