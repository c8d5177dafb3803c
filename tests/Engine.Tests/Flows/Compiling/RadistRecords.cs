using Engine.Sdk;

namespace Engine.Tests.Lookalike;

#pragma warning disable MA0016, MA0062, CA1008, CA1720, SA1649
public enum SessionStatus { Unknown, WaitingForQr, WaitingForCode, WaitingForPassword, Authenticated }
public enum OtherStatus { Unknown, WaitingForPassword, Done }
public enum AuthType { Qr, Code }
public enum ConnectionType { Telegram, Whatsapp }
public sealed record TelegramInit(AuthType AuthType, string? Phone = null, int? ConnectionId = null);
public sealed record QrLogin(ShowOnce Url, DateTimeOffset Expires);
public sealed record TelegramSession(Secret SessionId, SessionStatus Status, QrLogin? QrLogin);
public sealed record TelegramLogin(Secret SessionId, string? Code, Secret? Password);
public sealed record CreateConnection(ConnectionType Type, string Name, Secret SessionId);
public sealed record FindConnection(Secret SessionId);
public enum ConnectionStatus { Unknown, Active, NotPaid }
public sealed record CreatedConnection(int Id, ConnectionStatus? Status = null);
public sealed record Nothing;
public sealed record Device(string Name, bool Trusted, int Age);
public sealed record Listing(
    string Name, string? Note, int Count, long Total, decimal Price, double Share, bool Ready, TimeSpan Left, DateTimeOffset At, DateTimeOffset? Until,
    SessionStatus Status, OtherStatus Other, SessionStatus? Maybe, IReadOnlyList<Device> Devices, IReadOnlyList<string> Names, Uri? Page,
    Guid Key, Secret Token, ShowOnce Pairing, string QRUrl, object Anything, Dictionary<string, string> Map, Device First, Device? Last);
public sealed record Keep(object? Anything = null, Listing? Whole = null, ShowOnce? Shown = null, Secret? Hidden = null, string? Text = null);
public sealed record Remove { public required int Id { get; init; } public string? Reason { get; init; } public TimeSpan Wait { get; init; } }
public sealed record VaultTokens(Secret AccessToken, Secret? RefreshToken, DateTimeOffset? ExpiresAt = null);
