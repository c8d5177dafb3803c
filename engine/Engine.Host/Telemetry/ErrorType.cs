using Engine.Storage;

namespace Engine.Host;

/// <summary>What an exception is called in metrics and spans: a word, never its message.</summary>
internal static class ErrorType
{
    public static string Of(Exception error) => error switch
    {
        StorageUnavailableException => "store_unavailable",
        OperationCanceledException => "cancelled",
        TimeoutException => "timeout",
        _ => error.GetType().Name,
    };
}
