using System.Collections.Immutable;

namespace Engine.Flows;

/// <summary>A provider that a file describes, ready to be called.</summary>
/// <param name="Provider">What flows see of it. Its image holds the records, and the file's expressions as scopes.</param>
/// <param name="SettingsType">Full name of the class of its settings; its constructor takes them in order.</param>
/// <param name="Hosts">Where it may connect besides its settings' addresses: <c>api.example.com</c>, or <c>*.example.com</c> for one more label.</param>
public sealed record CompiledProvider(
    Provider Provider,
    string SettingsType,
    ImmutableArray<string> Hosts,
    ImmutableArray<ProviderSetting> Settings,
    ImmutableArray<HttpOperation> Operations);

/// <summary>A value that the operator sets.</summary>
/// <param name="Default">Null where he must set it, unless it is optional.</param>
public sealed record ProviderSetting(string Name, ProviderScalar Type, bool IsOptional, string? Default);

/// <summary>The small types of a provider's file.</summary>
public enum ProviderScalar
{
    Text,
    Int,
    Long,
    Decimal,
    Bool,
    Url,
    Moment,

    /// <summary>A moment, told as the seconds that are left until then.</summary>
    Lasts,
    Secret,
    ShowOnce,
}

/// <summary>
/// One operation as HTTP. Numbers are those of values and conditions in its two scopes: the request's, over the settings and what the
/// operation takes, and the answer's, over the fields of the answer.
/// </summary>
/// <param name="RequestScope">Full name of the class; null where the request has no expressions.</param>
/// <param name="AnswerScope">Full name of the class; null where no condition is read.</param>
/// <param name="Method">Such as <c>POST</c>.</param>
/// <param name="BaseSetting">The setting with the address that the path is below.</param>
/// <param name="Takes">The arguments, in the order of the request scope's slots, which begin after the settings.</param>
/// <param name="Accepted">Statuses below 500 whose answer is read like a success's.</param>
/// <param name="Pace">The field of the answer with the seconds until the next call; null where there is none.</param>
public sealed record HttpOperation(
    string Name,
    string? RequestScope,
    string? AnswerScope,
    string Method,
    string BaseSetting,
    ImmutableArray<PathPart> Path,
    ImmutableArray<NamedPart> Query,
    ImmutableArray<NamedPart> Headers,
    HttpContentShape? Content,
    HttpAuth? Auth,
    ImmutableArray<string> Takes,
    ImmutableArray<int> Accepted,
    ImmutableArray<HttpFailure> Failures,
    ImmutableArray<AnswerField> Fields,
    AnswerShape.Record Answer,
    string? Pace,
    TimeSpan Timeout);

/// <summary>A piece of an operation's path.</summary>
public abstract record PathPart
{
    private PathPart() { }

    public sealed record Literal(string Text) : PathPart;

    /// <summary>A value, percent-encoded as a part of one segment.</summary>
    public sealed record Value(int Index) : PathPart;

    /// <summary>Where the key of a provider stands that wants it in the address.</summary>
    public sealed record Key : PathPart;
}

/// <summary>A name with the number of its value: a parameter of the query, a header, a field of a form.</summary>
public sealed record NamedPart(string Name, int Index);

/// <summary>What an operation sends as its body.</summary>
public abstract record HttpContentShape
{
    private HttpContentShape() { }

    public sealed record Form(ImmutableArray<NamedPart> Parts) : HttpContentShape;

    public sealed record Json(JsonShape Root) : HttpContentShape;
}

/// <summary>A part of a JSON body.</summary>
public abstract record JsonShape
{
    private JsonShape() { }

    public sealed record Value(int Index) : JsonShape;

    public sealed record Map(ImmutableArray<KeyValuePair<string, JsonShape>> Members) : JsonShape;

    public sealed record List(ImmutableArray<JsonShape> Items) : JsonShape;
}

/// <summary>How an operation proves who calls: the one place of a request where secrets go.</summary>
public abstract record HttpAuth
{
    private HttpAuth() { }

    public sealed record Bearer(int Token) : HttpAuth;

    public sealed record Basic(int User, int Password) : HttpAuth;

    public sealed record Header(string Name, int Value) : HttpAuth;

    /// <summary>In the address, at <see cref="PathPart.Key"/>: for providers that take it nowhere else.</summary>
    public sealed record InPath(int Key) : HttpAuth;
}

/// <summary>A failure that the answer means where a condition holds.</summary>
public sealed record HttpFailure(string Code, int Condition);

/// <summary>A field that conditions read.</summary>
/// <param name="Slot">In the answer's scope.</param>
public sealed record AnswerField(string Name, ImmutableArray<string> Path, AnswerShape Shape, int Slot);

/// <summary>What a part of an answer is.</summary>
public abstract record AnswerShape
{
    private AnswerShape() { }

    /// <summary>A text, a number and so on.</summary>
    public sealed record Scalar(ProviderScalar Type) : AnswerShape;

    /// <summary>A text that is one of the enum's names, or else <c>unknown</c>.</summary>
    /// <param name="Type">Full name of the enum.</param>
    public sealed record Word(string Type) : AnswerShape;

    /// <summary>The first member whose condition holds, or else <c>unknown</c>.</summary>
    /// <param name="Type">Full name of the enum.</param>
    public sealed record Chosen(string Type, ImmutableArray<KeyValuePair<string, int>> Members) : AnswerShape;

    /// <param name="Type">Full name of the class; its constructor takes the fields in this order.</param>
    public sealed record Record(string Type, ImmutableArray<RecordField> Fields) : AnswerShape;

    public sealed record List(AnswerShape Item) : AnswerShape;
}

/// <summary>A member of a record in an answer.</summary>
/// <param name="Path">The names that lead to it in the JSON; empty for what is chosen by conditions.</param>
public sealed record RecordField(string Name, ImmutableArray<string> Path, AnswerShape Shape, bool IsOptional);
