using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Engine.Sandbox;

namespace Radist.Simulator;

/// <summary>All that one world's provider and phone remember.</summary>
/// <param name="Requests">API calls so far, for the scenarios in which some of them fail.</param>
/// <param name="CreateCalls">Calls that wanted a connection created.</param>
/// <param name="HasTwoStep">Whether the person's account has two-step verification; the phone's page can switch it.</param>
/// <param name="KeyCalls">Calls that handed in a key.</param>
internal sealed record RadistState(
    ImmutableList<Session> Sessions, ImmutableList<StoredConnection> Connections, int Requests, int CreateCalls, bool HasTwoStep, int KeyCalls = 0)
{
    /// <summary>How a world begins: with the connections of the one it continues.</summary>
    public static RadistState Begin(World world, Worlds worlds)
    {
        var before = world.Origin.Continues is { } id ? worlds.Find(id)?.Read<RadistState>() : null;
        var course = Course.Of(world);
        return new RadistState([], course.HasLostConnections ? [] : before?.Connections ?? [], 0, 0, course.HasTwoStep);
    }

    /// <summary>The session, as it stands now.</summary>
    public Session? FindSession(string id, Course course, DateTimeOffset now) =>
        Sessions.FirstOrDefault(session => session.Id == id)?.At(now, course, HasTwoStep);

    /// <summary>The newest session, as it stands now; null before the first.</summary>
    public Session? NewestSession(Course course, DateTimeOffset now) => Sessions.LastOrDefault()?.At(now, course, HasTwoStep);

    /// <summary>The state with one more call counted.</summary>
    public RadistState Counting(string operation) => this with
    {
        Requests = Requests + 1,
        CreateCalls = CreateCalls + (operation == "create_connection" ? 1 : 0),
    };

    public RadistState With(Session session)
    {
        var index = Sessions.FindIndex(known => known.Id == session.Id);
        var state = this with { Sessions = index < 0 ? Sessions.Add(session) : Sessions.SetItem(index, session) };
        return session is { Stage: Stage.Authenticated, ConnectionId: { } id } && Connections.Find(known => known.Id == id) is { } again
            ? state.With(again with { AuthorizedAt = session.StageAt, IsSignedOut = false })
            : state;
    }

    public RadistState With(StoredConnection connection)
    {
        var index = Connections.FindIndex(known => known.Id == connection.Id);
        return this with { Connections = index < 0 ? Connections.Add(connection) : Connections.SetItem(index, connection) };
    }

    /// <summary>The WhatsApp connection that waits for a phone; null where none does.</summary>
    public StoredConnection? FindWaiting(Course course, DateTimeOffset now) => Connections
        .Select(connection => connection.At(now, course))
        .LastOrDefault(connection => connection is { Type: "whatsapp", AuthorizedAt: null, IsPaid: true } && connection.QrLeft(now, course) is not null);
}

/// <summary>One attempt to sign in.</summary>
/// <param name="Number">Counted from 1 in its world.</param>
/// <param name="StageAt">When the stage was reached.</param>
/// <param name="App">What it signs in to: <c>telegram</c> or <c>max</c>.</param>
internal sealed record Session(
    string Id, int Number, bool IsByCode, string? Phone, int? ConnectionId, DateTimeOffset StartedAt, Stage Stage, DateTimeOffset StageAt,
    int RefusedCodes = 0, int RefusedPasswords = 0, string App = "telegram")
{
    private static readonly TimeSpan UnknownFor = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan LostAfter = TimeSpan.FromSeconds(12);

    /// <summary>The session after what has happened by itself until now.</summary>
    public Session At(DateTimeOffset now, Course course, bool hasTwoStep)
    {
        var lostAfter = IsByCode ? TimeSpan.Zero : LostAfter;
        if (course.LosesFirstSession && Number == 1 && now >= StartedAt + lostAfter) return this with { Stage = Stage.Ended };
        var scanned = Stage == Stage.Qr && course.ScansByItself && now >= StartedAt + course.ScanAfter
            ? Accepted(StartedAt + course.ScanAfter, course, hasTwoStep)
            : this;
        return scanned.Stage == Stage.Unknown && now >= scanned.StageAt + UnknownFor
            ? scanned.AfterAccount(scanned.StageAt + UnknownFor, hasTwoStep)
            : scanned;
    }

    /// <summary>The session once the phone has scanned its code, or the right code was handed in.</summary>
    public Session Accepted(DateTimeOffset now, Course course, bool hasTwoStep) =>
        course.HasUnknownStatus ? this with { Stage = Stage.Unknown, StageAt = now } : AfterAccount(now, hasTwoStep);

    /// <summary>The text of the QR code that is good now.</summary>
    public string QrUrl(DateTimeOffset now, Course course)
    {
        var seed = string.Create(CultureInfo.InvariantCulture, $"{Id} {Rotation(now, course)}");
        var token = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(seed)).AsSpan(0, 24));
        return $"tg://login?token={token.Replace('+', '-').Replace('/', '_')}";
    }

    /// <summary>The end of that code.</summary>
    public DateTimeOffset QrExpires(DateTimeOffset now, Course course) => StartedAt + ((Rotation(now, course) + 1) * course.QrLife);

    private Session AfterAccount(DateTimeOffset now, bool hasTwoStep) =>
        this with { Stage = hasTwoStep && App == "telegram" ? Stage.Password : Stage.Authenticated, StageAt = now };

    private long Rotation(DateTimeOffset now, Course course) => (now - StartedAt).Ticks / course.QrLife.Ticks;
}

/// <summary>How far a session has come.</summary>
internal enum Stage
{
    Qr,
    Code,
    Unknown,
    Password,
    Authenticated,
    Ended,
}
