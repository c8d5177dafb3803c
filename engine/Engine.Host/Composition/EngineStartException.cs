namespace Engine.Host;

/// <summary>The engine cannot start, for a reason that the operator can mend; the message is one line and names the thing and the remedy.</summary>
public sealed class EngineStartException(string message, Exception? inner = null) : Exception(message, inner);
