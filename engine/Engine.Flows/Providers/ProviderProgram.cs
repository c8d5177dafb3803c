using System.Collections.Immutable;

namespace Engine.Flows;

/// <summary>
/// What a provider's document comes to, apart from its image. It needs no compiler: expressions are numbered by where they stand, so that a
/// compiled image serves as long as its file is the same.
/// </summary>
internal static class ProviderProgram
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(10);

    public static CompiledProvider Of(ProviderDocument document, ImmutableArray<byte> image)
    {
        var provider = new Provider(document.Name, "", AssemblyNameOf(document), image, [.. document.Operations.Select(one => CatalogOf(document, one))])
        {
            CredentialsType = document.Credentials.IsEmpty ? null : $"{document.Namespace}.{ProviderSource.Credentials}",
            Deletion = TextsOf(document.Deletion),
        };
        return new CompiledProvider(
            provider,
            $"{document.Namespace}.Settings",
            [.. document.Hosts.Select(host => host.Value)],
            [.. document.Settings.Select(setting => new ProviderSetting(setting.Name.Value, setting.Type, setting.IsOptional, setting.Default?.Value))],
            [.. document.Operations.Select((operation, number) => OperationOf(document, operation, number))]);
    }

    public static string AssemblyNameOf(ProviderDocument document) => $"provider-{document.Name}";

    public static string RequestScope(int operation) => FormattableString.Invariant($"Request{operation}");

    public static string AnswerScope(int operation) => FormattableString.Invariant($"Answer{operation}");

    /// <summary>The values of a request, in the order of their numbers; the path's holes come before them.</summary>
    public static IEnumerable<RequestValue> ValuesOf(OperationNode operation)
    {
        foreach (var part in operation.Query) yield return new RequestValue(part.Value, RequestPlace.Query);
        foreach (var part in operation.Headers) yield return new RequestValue(part.Value, RequestPlace.Header);
        foreach (var value in BodyValues(operation.Body)) yield return value;
        switch (operation.Auth)
        {
            case AuthNode.Bearer bearer:
                yield return new RequestValue(bearer.Token, RequestPlace.Key);
                break;
            case AuthNode.Basic basic:
                yield return new RequestValue(basic.User, RequestPlace.User);
                yield return new RequestValue(basic.Password, RequestPlace.Key);
                break;
            case AuthNode.Header header:
                yield return new RequestValue(header.Value, RequestPlace.Key);
                break;
            case AuthNode.InPath path:
                yield return new RequestValue(path.Value, RequestPlace.Key);
                break;
        }
    }

    /// <summary>The conditions over an answer, in the order of their numbers.</summary>
    public static IEnumerable<ValueNode.Expression> ConditionsOf(OperationNode operation) =>
        operation.Fails.Select(fail => fail.Condition).Concat(ChoicesIn(operation.Gives).SelectMany(choice => choice.Members.Select(member => member.Condition)));

    /// <summary>The fields that conditions may read.</summary>
    public static IEnumerable<ProviderField> ReadableOf(OperationNode operation) =>
        operation.Gives.Concat(operation.Reads).Where(field => field.Type is not ProviderType.Chosen);

    private static IEnumerable<RequestValue> BodyValues(BodyNode? body) => body switch
    {
        BodyNode.Form form => form.Fields.Select(field => new RequestValue(field.Value, RequestPlace.Form)),
        BodyNode.Json json => LeavesOf(json.Root).Select(leaf => new RequestValue(leaf, RequestPlace.Json)),
        _ => [],
    };

    private static IEnumerable<ValueNode> LeavesOf(JsonBodyNode node) => node switch
    {
        JsonBodyNode.Value value => [value.Node],
        JsonBodyNode.Map map => map.Members.SelectMany(member => LeavesOf(member.Value)),
        JsonBodyNode.List list => list.Items.SelectMany(LeavesOf),
        _ => [],
    };

    private static IEnumerable<ProviderType.Chosen> ChoicesIn(IEnumerable<ProviderField> fields) => fields.SelectMany(field => ChoicesIn(field.Type));

    private static IEnumerable<ProviderType.Chosen> ChoicesIn(ProviderType type) => type switch
    {
        ProviderType.Chosen chosen => [chosen],
        ProviderType.Record record => ChoicesIn(record.Fields),
        ProviderType.List list => ChoicesIn(list.Item),
        _ => [],
    };

    private static Operation CatalogOf(ProviderDocument document, OperationNode operation)
    {
        var plain = new Operation(
            operation.Name.Value,
            $"{document.Namespace}.{ProviderSource.InputOf(operation)}",
            $"{document.Namespace}.{ProviderSource.OutputOf(operation)}",
            operation.Effect, operation.Creates,
            [.. operation.Fails.Where(fail => fail.Text is not null).Select(fail => new DeclaredFailure(
                fail.Code.Value, fail.About?.Value, fail.Class, fail.Retry, TextsOf(fail.Text)) { Health = fail.Health })]);
        if (operation.Role is not { } role) return plain;
        return plain with
        {
            Role = role.Role,
            Before = role.Before?.Value,
            BeforePercent = role.BeforePercent ?? plain.BeforePercent,
            KeepAlive = role.KeepAlive?.Value,
            Every = role.Every?.Value ?? plain.Every,
        };
    }

    private static ImmutableDictionary<string, string> TextsOf(TextNode? text) =>
        (text?.Parts ?? []).SelectMany(part => part.Languages.Select(language => KeyValuePair.Create(language, part.Value.Scalar.Value)))
            .ToImmutableDictionary(StringComparer.Ordinal);

    private static HttpOperation OperationOf(ProviderDocument document, OperationNode operation, int number)
    {
        var path = ProviderPath.PartsOf(operation.Path.Value, 0);
        var next = path.OfType<PathPart.Value>().Count();
        var query = operation.Query.Select(part => new NamedPart(part.Name.Value, next++)).ToImmutableArray();
        var headers = operation.Headers.Select(part => new NamedPart(part.Name.Value, next++)).ToImmutableArray();
        HttpContentShape? content = operation.Body switch
        {
            BodyNode.Form form => new HttpContentShape.Form([.. form.Fields.Select(part => new NamedPart(part.Name.Value, next++))]),
            BodyNode.Json json => new HttpContentShape.Json(ShapeOf(json.Root, ref next)),
            _ => null,
        };
        HttpAuth? auth = operation.Auth switch
        {
            AuthNode.Bearer => new HttpAuth.Bearer(next++),
            AuthNode.Basic => new HttpAuth.Basic(next++, next++),
            AuthNode.Header header => new HttpAuth.Header(header.Name.Value, next++),
            AuthNode.InPath => new HttpAuth.InPath(next++),
            _ => null,
        };
        var failures = operation.Fails.Select((fail, index) => new HttpFailure(fail.Code.Value, index)).ToImmutableArray();
        var shapes = new AnswerShapes(document, failures.Length);
        var answer = shapes.RecordOf(ProviderSource.OutputOf(operation), operation.Gives);
        var fields = ReadableOf(operation).Select((field, slot) => new AnswerField(
            field.Name.Value, field.From, shapes.Of(ProviderSource.OutputOf(operation), field), slot)).ToImmutableArray();
        return new HttpOperation(
            operation.Name.Value,
            next > 0 ? $"{document.Namespace}.{RequestScope(number)}" : null,
            ConditionsOf(operation).Any() ? $"{document.Namespace}.{AnswerScope(number)}" : null,
            operation.Verb.Value.ToUpperInvariant(),
            operation.At?.Value ?? document.Settings.FirstOrDefault(setting => setting is { Type: ProviderScalar.Url, IsOptional: false })?.Name.Value ?? "",
            path, query, headers, content, auth,
            [.. operation.Takes.Select(field => field.Name.Value)],
            operation.Accepted, failures, fields, answer, operation.Pace?.Value, operation.Timeout?.Value ?? DefaultTimeout);
    }

    private static JsonShape ShapeOf(JsonBodyNode node, ref int next)
    {
        switch (node)
        {
            case JsonBodyNode.Map map:
                var members = ImmutableArray.CreateBuilder<KeyValuePair<string, JsonShape>>();
                foreach (var (name, value) in map.Members) members.Add(KeyValuePair.Create(name.Value, ShapeOf(value, ref next)));
                return new JsonShape.Map(members.ToImmutable());
            case JsonBodyNode.List list:
                var items = ImmutableArray.CreateBuilder<JsonShape>();
                foreach (var item in list.Items) items.Add(ShapeOf(item, ref next));
                return new JsonShape.List(items.ToImmutable());
            default:
                return new JsonShape.Value(next++);
        }
    }
}

/// <summary>A value of a request, and where in it it goes.</summary>
internal sealed record RequestValue(ValueNode Node, RequestPlace Place);

/// <summary>Where in a request a value goes.</summary>
internal enum RequestPlace
{
    Path,
    Query,
    Header,
    Form,
    Json,

    /// <summary>What proves who calls.</summary>
    Key,

    /// <summary>The name beside it, which is no secret by itself.</summary>
    User,
}
