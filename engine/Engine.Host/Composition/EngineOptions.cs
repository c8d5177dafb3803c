using Engine.Storage;

namespace Engine.Host;

/// <summary>Where an engine keeps its things and what it plays with. Folders need not exist yet, except those of plugins and flows.</summary>
public sealed record EngineOptions
{
    /// <summary>Holds pinned flow versions, the sandbox's worlds and, where there is no <see cref="Store"/>, the database. Default: the user's local application data.</summary>
    public string DataFolder { get; init; } = DefaultPlaces.DataFolder;

    /// <summary>The PostgreSQL database that engines share. Null: a database of its own, in <see cref="DataFolder"/>.</summary>
    public StorePlace.Server? Store { get; init; }

    /// <summary>Where runs and connections are kept.</summary>
    internal StorePlace Place => Store is { } server ? server : new StorePlace.Folder(DataFolder);

    /// <summary>The key that seals secrets; made at first start. Never inside <see cref="DataFolder"/>. Default: the user's configuration folder.</summary>
    public string KeyFile { get; init; } = DefaultPlaces.KeyFile;

    /// <summary>Each holds one folder for each plugin. Default: <c>plugins</c> beside the executable.</summary>
    public IReadOnlyList<string> PluginFolders { get; init; } = [DefaultPlaces.PluginFolder];

    /// <summary>Each holds flow files, <c>*.yaml</c>. Default: <c>workflows</c> beside the executable.</summary>
    public IReadOnlyList<string> FlowFolders { get; init; } = [DefaultPlaces.FlowFolder];

    /// <summary>Who answers the calls of new runs. Default: the sandbox inside this process.</summary>
    public ProviderMode Providers { get; init; } = new ProviderMode.EmbeddedSandbox();

    /// <summary>
    /// Where persons' browsers and providers reach this engine, such as <c>https://connect.example.com</c>: http or https, nothing but a host, and a
    /// port. Everything the engine tells others about itself is made of it. Null: what it listens on, which only this machine reaches.
    /// </summary>
    public Uri? PublicUrl { get; init; }

    /// <summary>Whether changed flow files and plugins are taken over while the engine works. Default: they are, at the next start.</summary>
    public bool IsWatching { get; init; }

    /// <summary>
    /// Whether a plugin folder is loaded only when its build was allowed with <c>engine plugin allow</c>. Default: what is found is loaded, which
    /// suits an engine that only this machine can reach. Where it holds, simulators are played from the shipped plugins only.
    /// </summary>
    public bool OnlyAllowedPlugins { get; init; }

    /// <summary>The list of allowed plugin builds: beside the key, since both decide whom the engine trusts.</summary>
    public string AllowedPluginsFile => Path.Combine(Path.GetDirectoryName(Path.GetFullPath(KeyFile)) ?? "", "allowed-plugins");

    /// <summary>Whether the engine's own loops pump and work; false where an extension's host does. Default: they do.</summary>
    public bool HasOwnLoops { get; init; } = true;

    /// <summary>Settings of providers, as <c>providers:radist:api_key</c>. Default: none, so that each has its own default.</summary>
    public IConfiguration Settings { get; init; } = new ConfigurationBuilder().Build();
}

/// <summary>Who answers the calls of new runs.</summary>
public abstract record ProviderMode
{
    private ProviderMode() { }

    /// <summary>The real providers.</summary>
    public sealed record Real : ProviderMode;

    /// <summary>Simulators that this process hosts on loopback.</summary>
    public sealed record EmbeddedSandbox : ProviderMode;

    /// <summary>Simulators that another process hosts.</summary>
    public sealed record ExternalSandbox(Uri Address) : ProviderMode;
}
