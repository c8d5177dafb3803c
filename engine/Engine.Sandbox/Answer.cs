using System.Text.Json;

namespace Engine.Sandbox;

/// <summary>What a simulator answers, and how badly.</summary>
public sealed record Answer(int Status, string ContentType, string Body)
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>How long the answer takes. Default: none.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>What the header <c>Retry-After</c> says, in whole seconds; null for no header.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The call takes effect, and the connection breaks before the answer.</summary>
    public bool IsLost { get; init; }

    /// <summary>No answer comes while the caller waits.</summary>
    public bool IsHanging { get; init; }

    /// <summary>Whether other sites may show this page in a frame. Default: nobody may.</summary>
    public bool MayBeFramed { get; init; }

    /// <summary>A JSON answer, names in snake_case.</summary>
    public static Answer Of(int status, object body) => new(status, "application/json", JsonSerializer.Serialize(body, body.GetType(), Json));

    /// <summary>An HTML page where JSON was due.</summary>
    public static Answer Html(string body) => new(200, "text/html; charset=utf-8", body);
}
