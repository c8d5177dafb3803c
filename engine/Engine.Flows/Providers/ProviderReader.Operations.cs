using System.Collections.Immutable;
using System.Globalization;
using Engine.Sdk;

namespace Engine.Flows;

internal sealed partial class ProviderReader
{
    private static readonly string[] Methods = ["get", "post", "put", "patch", "delete"];

    /// <summary>What an operation may say.</summary>
    public static readonly string[] OperationKeys =
    [
        "effect", "creates", "role", "every", "before", "keep_alive", .. Methods, "at", "takes", "query", "headers", "form", "json", "auth", "within", "gives", "reads", "fails",
        "accepts", "pace", "timeout",
    ];

    private static readonly string[] OwnHeaders =
        ["host", "content-length", "content-type", "transfer-encoding", "connection", "authorization", "cookie", "accept-encoding", "expect", "te", "upgrade"];

    private static readonly string[] Undeclarable = [Failures.InDoubt, Failures.Internal];

    /// <summary>The failures that any operation may end with; a file says by what it knows them, and needs no text for them.</summary>
    private static readonly string[] Common =
        [Failures.RateLimited, Failures.ProviderTimeout, Failures.ProviderDown, Failures.ProviderChanged, Failures.ConfigError];

    private static readonly TimeSpan LongestCall = TimeSpan.FromSeconds(30);

    private OperationNode ReadOperation(Scalar name, Keys keys)
    {
        keys.RefuseOthers(OperationKeys);
        var effect = keys.Require("effect") is { } entry && values.ReadScalar(entry) is { } word
            && values.FindWord(word, "safe", "idempotent", "once") is { } found
                ? Enum.Parse<Effect>(found, ignoreCase: true)
                : Effect.Once;
        var (verb, path) = ReadVerb(name, keys);
        var takes = keys.Find("takes") is { } taken ? ReadFields(taken, [], FieldKind.Taken) : [];
        var within = keys.Find("within") is { } inner ? ReadWay(inner) : [];
        var gives = keys.Find("gives") is { } given ? ReadFields(given, within, FieldKind.Given) : [];
        var reads = keys.Find("reads") is { } read ? ReadFields(read, [], FieldKind.Read) : [];
        RefuseNear(gives.Concat(reads).Select(field => field.Name));
        var auth = keys.Find("auth") is { } key ? ReadAuth(key) : null;
        CheckKeyInPath(path, auth);
        return new OperationNode(
            name, effect, keys.Find("creates") is { } creates && values.ReadTrue(creates), verb, path, ReadAt(name, keys), takes,
            keys.Find("query") is { } query ? ReadParts(query) : [],
            keys.Find("headers") is { } headers ? ReadHeaders(headers) : [],
            ReadBody(keys, verb), auth, gives, reads,
            keys.Find("fails") is { } fails ? ReadFailures(fails, takes) : [],
            keys.Find("accepts") is { } accepts ? ReadStatuses(accepts) : [],
            keys.Find("pace") is { } pace ? ReadPace(pace, gives.Concat(reads)) : null,
            keys.Find("timeout") is { } timeout ? values.ReadDuration(timeout, LongestCall) : null)
        {
            Role = ReadRole(keys),
        };
    }

    private (Scalar Verb, Scalar Path) ReadVerb(Scalar name, Keys keys)
    {
        var found = Methods.Select(keys.Find).OfType<YamlEntry>().ToList();
        if (found is not [var only])
        {
            findings.Error(FindingCodes.MethodMissing, found.Count == 0 ? name.Place : found[1].Key.Place, found.Count == 0
                ? $"'{name}' does not say what it calls; write 'get: /path', or one of {string.Join(", ", Methods[1..])}"
                : $"'{name}' has a method already; an operation is one call");
            return (name, name);
        }

        if (values.ReadScalar(only) is not { } path) return (only.Key, only.Key);
        if (ProviderPath.FindProblem(path.Value) is var (start, length, message))
        {
            findings.Error(FindingCodes.BadPath, path.PlaceOf(start, length), message);
            return (only.Key, only.Key);
        }

        return (only.Key, path);
    }

    private void CheckKeyInPath(Scalar path, AuthNode? auth)
    {
        var at = path.Value.IndexOf(ProviderPath.KeyMark, StringComparison.Ordinal);
        if (at >= 0 && auth is not AuthNode.InPath)
        {
            findings.Error(FindingCodes.KeyAndPathDoNotFit, path.PlaceOf(at, ProviderPath.KeyMark.Length),
                $"'{ProviderPath.KeyMark}' is where the key of 'auth: {{ path: … }}' stands, and there is none");
        }
        else if (at < 0 && auth is AuthNode.InPath && path.Value.StartsWith('/'))
        {
            findings.Error(FindingCodes.KeyAndPathDoNotFit, auth.Key.Place, $"the path does not say where the key stands; write '{ProviderPath.KeyMark}' there");
        }
    }

    private Scalar? ReadAt(Scalar name, Keys keys)
    {
        var bases = settings.Where(setting => setting is { Type: ProviderScalar.Url, IsOptional: false }).Select(setting => setting.Name.Value).ToList();
        if (keys.Find("at") is { } entry)
        {
            if (values.ReadScalar(entry) is not { } at || bases.Contains(at.Value)) return entry.Value is YamlNode.Value value ? value.Scalar : null;
            var hint = Nearest.DidYouMean(at.Value, bases);
            findings.Error(FindingCodes.BaseUnclear, at.Place, $"no setting of type url is called {Characters.Quote(at.Value)}{hint}");
        }
        else if (bases.Count != 1)
        {
            findings.Error(FindingCodes.BaseUnclear, name.Place, bases.Count == 0
                ? "there is no setting of type url, which the path would be below; write 'settings: { base_url: { type: url, default: https://… } }'"
                : $"'at' must say which of {string.Join(", ", bases)} the path is below");
        }

        return null;
    }

    private ImmutableArray<NamedValue> ReadParts(YamlEntry entry)
    {
        var parts = ImmutableArray.CreateBuilder<NamedValue>();
        foreach (var part in values.ReadKeys(entry)?.All ?? [])
        {
            if (values.ReadValue(part) is { } value) parts.Add(new NamedValue(part.Key, value));
        }

        return parts.ToImmutable();
    }

    private ImmutableArray<NamedValue> ReadHeaders(YamlEntry entry)
    {
        var headers = ReadParts(entry);
        foreach (var name in headers.Select(header => header.Name)) RefuseHeader(name);
        return headers;
    }

    private void RefuseHeader(Scalar name)
    {
        if (OwnHeaders.Contains(name.Value, StringComparer.OrdinalIgnoreCase))
        {
            findings.Error(FindingCodes.HeaderNotAllowed, name.Place, name.Value.Equals("authorization", StringComparison.OrdinalIgnoreCase)
                ? "who calls is said by 'auth': bearer, basic, header or path"
                : $"'{name}' is set by the engine itself");
        }
        else if (name.Value.Length is 0 or > 64 || !name.Value.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'))
        {
            findings.Error(FindingCodes.HeaderNotAllowed, name.Place, $"{Characters.Quote(name.Value)} is not a header's name, such as x-api-version");
        }
    }

    private BodyNode? ReadBody(Keys keys, Scalar verb)
    {
        var (form, json) = (keys.Find("form"), keys.Find("json"));
        if (form is not null && json is not null)
        {
            findings.Error(FindingCodes.BodiesDoNotFit, json.Key.Place, "a call has one body: 'form' or 'json'");
        }

        if ((form ?? json) is { } body && verb.Value == "get")
        {
            findings.Error(FindingCodes.BodiesDoNotFit, body.Key.Place, "a 'get' has no body; its values go into 'query'");
        }

        if (form is not null) return new BodyNode.Form(ReadParts(form));
        return json is not null && ReadJson(json, json.Value) is { } root ? new BodyNode.Json(root) : null;
    }

    private JsonBodyNode? ReadJson(YamlEntry owner, YamlNode node)
    {
        switch (node)
        {
            case YamlNode.Map map:
                return new JsonBodyNode.Map([.. map.Entries.Select(entry => (entry.Key, ReadJson(entry, entry.Value)))
                    .Where(member => member.Item2 is not null).Select(member => (member.Key, member.Item2 ?? throw new InvalidOperationException()))]);
            case YamlNode.List list:
                return new JsonBodyNode.List([.. list.Items.Select(item => ReadJson(owner, item)).OfType<JsonBodyNode>()]);
            case YamlNode.Value value:
                return values.ReadValue(new YamlEntry(owner.Key, value)) is { } leaf ? new JsonBodyNode.Value(leaf) : null;
            default:
                return null;
        }
    }

    private AuthNode? ReadAuth(YamlEntry entry)
    {
        if (values.ReadKeys(entry) is not { } keys) return null;
        keys.RefuseOthers("bearer", "basic", "header", "path");
        if (keys.All.ToList() is not [var only])
        {
            findings.Error(FindingCodes.KeysDoNotFit, entry.Key.Place, "'auth' takes one of bearer, basic, header, path");
            return null;
        }

        switch (only.Key.Value)
        {
            case "bearer":
                return values.ReadValue(only) is { } token ? new AuthNode.Bearer(only.Key, token) : null;
            case "path":
                return values.ReadValue(only) is { } key ? new AuthNode.InPath(only.Key, key) : null;
            case "basic" when values.ReadKeys(only) is { } basic:
                basic.RefuseOthers("user", "password");
                return basic.Require("user") is { } user && values.ReadValue(user) is { } who
                    && basic.Require("password") is { } password && values.ReadValue(password) is { } secret
                        ? new AuthNode.Basic(only.Key, who, secret)
                        : null;
            case "header" when values.ReadKeys(only) is { } header:
                header.RefuseOthers("name", "value");
                if (header.Require("name") is not { } named || values.ReadScalar(named) is not { } name) return null;
                if (!name.Value.Equals("authorization", StringComparison.OrdinalIgnoreCase)) RefuseHeader(name);
                return header.Require("value") is { } value && values.ReadValue(value) is { } content
                    ? new AuthNode.Header(only.Key, name, content)
                    : null;
            default:
                return null;
        }
    }

    private ImmutableArray<FailureNode> ReadFailures(YamlEntry entry, ImmutableArray<ProviderField> takes)
    {
        var found = ImmutableArray.CreateBuilder<FailureNode>();
        foreach (var failure in values.ReadKeys(entry)?.All ?? [])
        {
            if (!values.IsName(failure.Key)) continue;
            if (Undeclarable.Contains(failure.Key.Value))
            {
                findings.Error(FindingCodes.FailureNotDeclarable, failure.Key.Place, $"'{failure.Key}' is the engine's own; a provider cannot say it");
            }
            else if (ReadFailure(failure, takes) is { } node)
            {
                found.Add(node);
            }
        }

        return found.ToImmutable();
    }

    private FailureNode? ReadFailure(YamlEntry entry, ImmutableArray<ProviderField> takes)
    {
        var isCommon = Common.Contains(entry.Key.Value);
        if (entry.Value is not YamlNode.Map)
        {
            if (!isCommon) findings.Error(FindingCodes.FailureNotDeclarable, entry.Key.Place, $"'{entry.Key}' needs a text for people: '{{ if: …, text: {{ en: …, ru: … }} }}'");
            return values.ReadExpression(entry) is { } short_
                ? new FailureNode(entry.Key, short_, null, FailureClass.Provider, RetryAdvice.Never, null)
                : null;
        }

        if (values.ReadKeys(entry) is not { } keys) return null;
        if (isCommon)
        {
            findings.Error(FindingCodes.FailureNotDeclarable, entry.Key.Place, $"'{entry.Key}' is known to the engine; write only its condition: '{entry.Key}: …'");
            return null;
        }

        keys.RefuseOthers("if", "about", "class", "retry", "health", "text");
        var about = keys.Find("about") is { } argument ? values.ReadScalar(argument) : null;
        if (about is not null && takes.All(field => field.Name.Value != about.Value))
        {
            findings.Error(FindingCodes.AboutNoArgument, about.Place,
                $"the operation takes no {Characters.Quote(about.Value)}{Nearest.DidYouMean(about.Value, takes.Select(field => field.Name.Value))}");
        }

        var kind = keys.Find("class") is { } @class && values.ReadScalar(@class) is { } word ? values.FindWord(word, "user", "account", "provider", "operator") : null;
        var retry = keys.Find("retry") is { } again && values.ReadScalar(again) is { } when ? values.FindWord(when, "now", "after", "never") : null;
        var said = keys.Require("text") is { } shown ? values.ReadText(shown, isFixed: true) : null;
        return keys.Require("if") is { } condition && values.ReadExpression(condition) is { } expression
            ? new FailureNode(
                entry.Key, expression, about, Enum.Parse<FailureClass>(kind ?? "user", ignoreCase: true),
                Enum.Parse<RetryAdvice>(retry ?? "never", ignoreCase: true), said)
            {
                Health = keys.Find("health") is { } meant ? ReadHealth(meant) : null,
            }
            : null;
    }

    private ImmutableArray<int> ReadStatuses(YamlEntry entry)
    {
        var found = ImmutableArray.CreateBuilder<int>();
        foreach (var word in values.ReadWordList(entry))
        {
            if (int.TryParse(word.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var status) && status is >= 400 and <= 499) found.Add(status);
            else findings.Error(FindingCodes.BadStatus, word.Place, $"{Characters.Quote(word.Value)} cannot be accepted; write a status from 400 to 499");
        }

        return found.ToImmutable();
    }

    private Scalar? ReadPace(YamlEntry entry, IEnumerable<ProviderField> fields)
    {
        if (values.ReadScalar(entry) is not { } name) return null;
        if (fields.Any(field => field.Name.Value == name.Value && field.Type is ProviderType.Small { Type: ProviderScalar.Int })) return name;
        findings.Error(FindingCodes.BadPace, name.Place, $"'{name}' is no field of type int under 'gives' or 'reads'; it is the seconds until the next call");
        return null;
    }
}
