using System.CommandLine;
using Engine.Storage;

namespace Engine.Host;

/// <summary>The options of every command that starts an engine.</summary>
internal static class EngineSwitches
{
    private static readonly Option<string?> data = new("--data")
    {
        Description = "The folder for the database and the sandbox.",
        HelpName = "FOLDER",
    };

    private static readonly Option<string?> store = new("--store")
    {
        Description = "The PostgreSQL database that engines share, in place of a file in the data folder; a password belongs into ENGINE_STORE.",
        HelpName = "Host=…;Database=…",
    };

    private static readonly Option<string?> keyFile = new("--key-file")
    {
        Description = "The file with the key that seals secrets; made at first start.",
        HelpName = "FILE",
    };

    private static readonly Option<string[]> plugins = new("--plugins")
    {
        Description = "A folder of plugins, in place of the shipped ones; may be given more than once.",
        HelpName = "FOLDER",
    };

    private static readonly Option<string[]> flows = new("--flows")
    {
        Description = "A folder of flow files, in place of the shipped ones; may be given more than once.",
        HelpName = "FOLDER",
    };

    private static readonly Option<bool> onlyAllowed = new("--only-allowed-plugins")
    {
        Description = "Loads a plugin folder only when 'engine plugin allow' was said of it as it is.",
    };

    private static readonly Option<bool> real = new("--real") { Description = "Calls the real providers, not the sandbox." };

    private static readonly Option<Uri?> sandboxUrl = new("--sandbox-url")
    {
        Description = "The address of a sandbox that runs elsewhere.",
        HelpName = "URL",
        CustomParser = result =>
        {
            if (Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var address) && address.Scheme is "http" or "https") return address;
            result.AddError($"--sandbox-url: '{result.Tokens[0].Value}' is not an http address");
            return null;
        },
    };

    private static readonly Option<string?> settings = new("--settings")
    {
        Description = "A JSON file with providers' settings: { \"providers\": { \"radist\": { \"api_key\": … } } }.",
        HelpName = "FILE",
    };

    private static readonly Option<Uri?> publicUrl = new("--public-url")
    {
        Description = "Where browsers and providers reach the engine, where that is not what it listens on, such as https://connect.example.com.",
        HelpName = "URL",
        CustomParser = result =>
        {
            if (Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
                && address is { AbsolutePath: "/", Query: "", Fragment: "", UserInfo: "" })
            {
                return address;
            }

            result.AddError($"--public-url: '{result.Tokens[0].Value}' is not an http or https address of nothing but a host");
            return null;
        },
    };

    public static void AddTo(Command command)
    {
        foreach (var option in (Option[])[data, store, keyFile, plugins, onlyAllowed, flows, real, sandboxUrl, settings, publicUrl]) command.Options.Add(option);
    }

    /// <summary>What the command line says, laid over the defaults.</summary>
    public static EngineOptions Read(ParseResult parsed)
    {
        var defaults = new EngineOptions();
        var sandbox = parsed.GetValue(sandboxUrl);
        if (parsed.GetValue(real) && sandbox is not null) throw new MisuseException("--real and --sandbox-url exclude each other");
        var given = ReadSettings(parsed.GetValue(settings));
        return defaults with
        {
            Store = (parsed.GetValue(store) ?? given["store"]) is { Length: > 0 } server ? new StorePlace.Server(server) : null,
            DataFolder = parsed.GetValue(data) is { } folder ? Path.GetFullPath(folder) : defaults.DataFolder,
            KeyFile = parsed.GetValue(keyFile) is { } file ? Path.GetFullPath(file) : defaults.KeyFile,
            PluginFolders = parsed.GetValue(plugins) is { Length: > 0 } some ? some : defaults.PluginFolders,
            OnlyAllowedPlugins = parsed.GetValue(onlyAllowed),
            FlowFolders = parsed.GetValue(flows) is { Length: > 0 } others ? others : defaults.FlowFolders,
            Providers = parsed.GetValue(real) ? new ProviderMode.Real()
                : sandbox is not null ? new ProviderMode.ExternalSandbox(sandbox)
                : defaults.Providers,
            PublicUrl = parsed.GetValue(publicUrl),
            Settings = given,
        };
    }

    // A variable lies over the file: ENGINE_providers__radist__api_key.
    private static IConfiguration ReadSettings(string? file)
    {
        var builder = new ConfigurationBuilder();
        if (file is not null)
        {
            if (!File.Exists(file)) throw new MisuseException($"the settings file '{file}' does not exist");
            builder.AddJsonFile(Path.GetFullPath(file), optional: false);
        }
        try
        {
            return builder.AddEnvironmentVariables("ENGINE_").Build();
        }
        catch (InvalidDataException error)
        {
            throw new EngineStartException($"the settings file '{file}' is not JSON", error);
        }
    }
}
