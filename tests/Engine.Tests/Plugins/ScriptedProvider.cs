using System.Net;
using System.Text;

namespace Engine.Tests;

/// <summary>Answers requests from a script, and keeps what was sent.</summary>
internal sealed class ScriptedProvider(Func<HttpRequestMessage, HttpResponseMessage> answer) : HttpMessageHandler
{
    public List<string> Sent { get; } = [];

    public List<HttpRequestMessage> Requests { get; } = [];

    public static ScriptedProvider Answering(int status, string body, string type = "application/json") =>
        new(_ => Response(status, body, type));

    public static ScriptedProvider Throwing(Exception error) => new(_ => throw error);

    public static HttpResponseMessage Response(int status, string body, string type = "application/json") =>
        new((HttpStatusCode)status) { Content = new StringContent(body, Encoding.UTF8, type) };

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Requests.Add(request);
        Sent.Add(request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken));
        return answer(request);
    }
}
