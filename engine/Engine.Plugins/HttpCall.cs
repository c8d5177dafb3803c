using System.Globalization;
using System.Reflection;
using Engine.Flows;
using Engine.Sdk;

namespace Engine.Plugins;

/// <summary>Calls one operation that a provider's file describes.</summary>
/// <param name="types">The image that the file was compiled to.</param>
internal sealed class HttpCall(HttpOperation operation, Assembly types, TimeProvider time)
{
    /// <summary>Sends the request and reads the answer. What is wrong with the file's expressions becomes <see cref="Failures.Internal"/>.</summary>
    /// <param name="http">At the operation's base address.</param>
    /// <exception cref="OperationCanceledException">The given token was cancelled.</exception>
    public async Task<Result<object>> SendAsync(ProviderHttp http, object settings, object input, CancellationToken cancellation)
    {
        var report = new HttpReport(operation.Name);
        var isSent = false;
        try
        {
            var writer = new RequestWriter(operation, RequestScope(settings, input));
            if (writer.FindPath() is not { } path)
            {
                return new Failure(Failures.ConfigError, $"{operation.Name}: a value of the path is empty, or has dots alone");
            }

            if (operation.Auth is not (null or HttpAuth.InPath) && writer.FindAuth() is null)
            {
                return new Failure(Failures.ConfigError, $"{operation.Name}: the key is missing");
            }

            foreach (var (name, value) in writer.Headers()) http = http.WithHeader(name, value);
            if (writer.FindAuth() is var (header, key)) http = http.WithHeader(header, key);
            var request = new ProviderRequest(new HttpMethod(operation.Method), path, operation.Name)
            {
                Body = writer.FindJson(),
                Form = writer.FindForm(),
                Deadline = operation.Timeout,
            };
            isSent = true;
            return await http.ExchangeAsync(request, report, (answer, token) => ReadAsync(answer, report, token), cancellation);
        }
        catch (ExpressionException fault)
        {
            return new Failure(Failures.Internal, fault.Message, IsInDoubt: isSent);
        }
    }

    private FlowScope? RequestScope(object settings, object input)
    {
        if (NewScope(operation.RequestScope) is not { } scope) return null;
        scope.Set(0, settings);
        foreach (var (name, index) in operation.Takes.Select((name, index) => (name, index)))
        {
            scope.Set(index + 1, input.GetType().GetProperty(name)?.GetValue(input));
        }

        return scope;
    }

    private async Task<Result<object>> ReadAsync(HttpResponseMessage answer, HttpReport report, CancellationToken cancellation)
    {
        var status = (int)answer.StatusCode;
        var ruled = report.FindFailure(answer, time.GetUtcNow());
        if (status is >= 300 and <= 399 && ruled is not null) return ruled;

        var body = await HttpBody.ReadAsync(answer.Content, time, cancellation);
        var reader = new AnswerReader(operation, types, body.FindJson(), time.GetUtcNow());
        var scope = NewScope(operation.AnswerScope);
        if (scope is not null) reader.Fill(scope, status);
        if (FindDeclared(scope, status, ruled, reader) is { } declared) return declared;

        var isAccepted = operation.Accepted.Contains(status);
        if (ruled is not null && !isAccepted) return ruled;
        if (!answer.IsSuccessStatusCode && !isAccepted) return report.Unexpected(answer, body);
        try
        {
            var pace = reader.Seconds(operation.Pace);
            return new Result<object>(reader.Read(scope)) { Pace = pace };
        }
        catch (UnfitException unfit)
        {
            return report.Unfit(answer, body, body.Flaw ?? unfit.Message);
        }
    }

    /// <summary>The first failure whose condition holds. It is the provider's word that nothing happened, unless it is out of order.</summary>
    private Failure? FindDeclared(FlowScope? scope, int status, Failure? ruled, AnswerReader reader)
    {
        if (operation.Failures.FirstOrDefault(failure => scope?.Condition(failure.Condition) == true) is not { } found) return null;
        var code = status.ToString(CultureInfo.InvariantCulture);
        return new Failure(found.Code, $"{operation.Name}: the provider refuses (http {code})", reader.Seconds(operation.Pace) ?? ruled?.RetryAfter, status >= 500)
        {
            ProviderCode = $"http {code}",
        };
    }

    private FlowScope? NewScope(string? type) =>
        type is null ? null : (FlowScope?)Activator.CreateInstance(types.GetType(type, throwOnError: true) ?? throw new TypeLoadException(type));
}
