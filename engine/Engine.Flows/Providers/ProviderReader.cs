using System.Collections.Immutable;
using System.Globalization;
using Engine.Sdk;

namespace Engine.Flows;

/// <summary>Reads a provider's file: its grammar only. Values and names are read as in flows.</summary>
internal sealed partial class ProviderReader
{
    private static readonly string[] FileKeys = ["provider", "hosts", "settings", "credentials", "deletion", "operations"];

    private readonly FlowText text;
    private readonly FindingList findings;
    private readonly FlowReader values;
    private ImmutableArray<SettingNode> settings = [];

    private ProviderReader(FlowText text, FindingList findings)
    {
        this.text = text;
        this.findings = findings;
        values = new FlowReader(text, findings);
    }

    /// <summary>The document; null where the file is none at all. It may be there in spite of findings.</summary>
    public static (ProviderDocument? Document, FlowText Text) Read(FlowSource source, FindingList findings)
    {
        if (FlowDecoder.Decode(source, findings) is not { } text) return (null, new FlowText(source.Path, ""));
        return (YamlReader.Read(text, findings) is { } root ? new ProviderReader(text, findings).Read(root) : null, text);
    }

    private ProviderDocument? Read(YamlNode root)
    {
        if (root is not YamlNode.Map map)
        {
            findings.Error(FindingCodes.NotAProvider, root.Place,
                $"a provider's file is a map that begins with 'provider: its_name', and this is {root.Kind}");
            return null;
        }

        var keys = new Keys(map, "a provider", text.PlaceOf(0, 0), findings);
        keys.RefuseOthers(FileKeys);
        var name = keys.Require("provider") is { } named && values.ReadScalar(named) is { } word && values.IsName(word) ? word.Value : "unnamed";
        settings = keys.Find("settings") is { } set ? ReadSettings(set) : [];
        var allowed = keys.Require("hosts") is { } hosts ? ReadHosts(hosts) : [];
        RefuseOtherHosts(allowed);
        var credentials = keys.Find("credentials") is { } kept ? ReadCredentials(kept) : [];
        var operations = keys.Require("operations") is { } called ? ReadOperations(called) : [];
        CheckRoles(operations, credentials);
        return new ProviderDocument(text, name, allowed, settings, operations)
        {
            Credentials = credentials,
            Deletion = keys.Find("deletion") is { } deletion ? values.ReadText(deletion, isFixed: true) : null,
        };
    }

    private ImmutableArray<Scalar> ReadHosts(YamlEntry entry)
    {
        var hosts = values.ReadWordList(entry);
        foreach (var host in hosts.Where(host => !HostPattern.IsValid(host.Value)))
        {
            findings.Error(FindingCodes.BadHost, host.Place,
                $"{Characters.Quote(host.Value)} is not a host; write one such as api.example.com, or *.example.com for any one label before it");
        }

        return hosts;
    }

    private void RefuseOtherHosts(ImmutableArray<Scalar> hosts)
    {
        foreach (var value in settings.Where(setting => setting.Type == ProviderScalar.Url).Select(setting => setting.Default).OfType<Scalar>())
        {
            if (!Uri.TryCreate(value.Value, UriKind.Absolute, out var address) || hosts.Any(host => HostPattern.Fits(host.Value, address.IdnHost))) continue;
            findings.Error(FindingCodes.BadHost, value.Place, $"'{address.IdnHost}' is not one of the 'hosts'; add it there");
        }
    }

    private ImmutableArray<SettingNode> ReadSettings(YamlEntry entry)
    {
        var found = ImmutableArray.CreateBuilder<SettingNode>();
        foreach (var setting in values.ReadKeys(entry)?.All ?? [])
        {
            if (!values.IsName(setting.Key)) continue;
            var keys = setting.Value is YamlNode.Map ? values.ReadKeys(setting) : null;
            keys?.RefuseOthers("type", "default");
            if ((keys is null ? setting : keys.Require("type")) is not { } typed || ReadSmall(typed, FieldKind.Taken) is not var (type, isOptional, _)) continue;
            if (type is ProviderScalar.Long or ProviderScalar.Decimal or ProviderScalar.Moment or ProviderScalar.ShowOnce)
            {
                findings.Error(FindingCodes.BadSetting, typed.Value.Place, "settings are of type string, int, bool, url or secret");
            }

            var value = keys?.Find("default") is { } default_ ? ReadDefault(default_, type) : null;
            found.Add(new SettingNode(setting.Key, type, isOptional, value));
        }

        RefuseNear(found.Select(setting => setting.Name));
        return found.ToImmutable();
    }

    private Scalar? ReadDefault(YamlEntry entry, ProviderScalar type)
    {
        if (values.ReadScalar(entry) is not { } scalar) return null;
        var advice = type switch
        {
            ProviderScalar.Secret or ProviderScalar.ShowOnce => "a secret has no default; the operator sets it",
            ProviderScalar.Url when !IsAddress(scalar.Value) => "write an address such as https://api.example.com, without query and user name",
            ProviderScalar.Int when !int.TryParse(scalar.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) => "write a whole number",
            ProviderScalar.Bool when scalar.Value is not ("true" or "false") => "write true or false",
            _ => null,
        };
        if (advice is null) return scalar;
        findings.Error(FindingCodes.BadSetting, scalar.Place, $"this default does not fit the setting; {advice}");
        return null;
    }

    private static bool IsAddress(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme == Uri.UriSchemeHttps
        && address is { UserInfo: "", Query: "", Fragment: "" };

    private ImmutableArray<OperationNode> ReadOperations(YamlEntry entry)
    {
        var found = ImmutableArray.CreateBuilder<OperationNode>();
        foreach (var operation in values.ReadKeys(entry)?.All ?? [])
        {
            if (values.IsName(operation.Key) && values.ReadKeys(operation) is { } keys) found.Add(ReadOperation(operation.Key, keys));
        }

        if (found.Count == 0 && entry.Value is YamlNode.Map { IsWhole: true })
        {
            findings.Error(FindingCodes.NoValue, entry.Key.Place, "'operations' has none; write at least one");
        }

        RefuseNear(found.Select(operation => operation.Name));
        return found.ToImmutable();
    }

    /// <summary>Flows read names without their underscores, so that two of them may be one.</summary>
    private void RefuseNear(IEnumerable<Scalar> names)
    {
        var known = new Dictionary<string, Scalar>(StringComparer.Ordinal);
        foreach (var name in names)
        {
            if (known.TryAdd(Names.Fold(name.Value), name)) continue;
            findings.Error(FindingCodes.NamesTooNear, name.Place,
                $"'{name}' differs from '{known[Names.Fold(name.Value)]}' in underscores only; choose another name");
        }
    }
}
