using Engine.Sdk;

namespace Radist;

/// <summary>Creates a connection. It cannot be deleted again.</summary>
/// <param name="Name">What people see; for a session's connection a short mark is added, by which it is found again.</param>
/// <param name="SessionId">The authenticated session it is for; null for types that need none.</param>
public sealed record NewConnection(ConnectionType Type, string Name, Secret? SessionId = null);

/// <summary>Which connection to look for: by its session, or by its exact name where there is none.</summary>
/// <param name="Type">Null: of any type.</param>
public sealed record ConnectionQuery(Secret? SessionId = null, string? Name = null, ConnectionType? Type = null);

/// <summary>A connection at Radist.</summary>
public sealed record Connection(int Id);

/// <summary>What a connection connects.</summary>
public enum ConnectionType
{
    Unknown,

    /// <summary>A personal account; see <see cref="RadistSettings.TelegramType"/>.</summary>
    Telegram,

    TelegramBot,

    Whatsapp,

    Odnoklassniki,

    MaxPersonal,
}
