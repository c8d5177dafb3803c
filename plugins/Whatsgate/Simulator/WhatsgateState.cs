using System.Collections.Immutable;
using Engine.Sandbox;

namespace Whatsgate.Simulator;

/// <summary>All that one world's provider remembers.</summary>
/// <param name="Requests">API calls so far, for the scenarios in which some of them fail.</param>
/// <param name="Deletes">Calls that wanted a session deleted.</param>
/// <param name="Events">What happened to sessions, also to those that are gone.</param>
internal sealed record WhatsgateState(ImmutableList<Session> Sessions, ImmutableList<SessionEvent> Events, int Requests, int Deletes)
{
    /// <summary>How a world begins: with the linked sessions of the one it continues, or with the one that takes the only slot.</summary>
    public static WhatsgateState Begin(World world, Worlds worlds)
    {
        var before = world.Origin.Continues is { } id ? worlds.Find(id)?.Read<WhatsgateState>() : null;
        var kept = before?.Sessions.Where(session => session is { LinkedAt: not null, DeletedAt: null, ClosedAt: null }) ?? [];
        var taking = Course.Of(world).HasOneSlot
            ? [new Session(1, "front" + world.Id[..8], "Front desk", false, null, null, world.Origin.CreatedAt, true) { LinkedAt = world.Origin.CreatedAt, Wid = "70000000000@c.us", Pushname = "Front desk" }]
            : Array.Empty<Session>();
        return new WhatsgateState([.. kept.Select(session => session with { IsOlder = true }), .. taking], [], 0, 0);
    }

    /// <summary>The session; null where it is closed or never was.</summary>
    public Session? Find(string? id, Course course, DateTimeOffset now) => Active(course, now).FirstOrDefault(session => session.UniqueId == id);

    /// <summary>The sessions that the provider lists now, oldest first.</summary>
    public IEnumerable<Session> Active(Course course, DateTimeOffset now) =>
        Sessions.Select(session => session.At(now, course)).Where(session => session.StatusAt(now, course) is not null);

    public WhatsgateState With(Session session)
    {
        var index = Sessions.FindIndex(known => known.UniqueId == session.UniqueId);
        return this with { Sessions = index < 0 ? Sessions.Add(session) : Sessions.SetItem(index, session) };
    }

    /// <summary>The state with one more event, unless it is there already.</summary>
    public WhatsgateState With(SessionEvent happened) =>
        Events.Any(known => known.Id == happened.Id) ? this : this with { Events = Events.Add(happened) };
}

/// <summary>One session.</summary>
/// <param name="Id">The row's number; event ids derive from it.</param>
/// <param name="IsOlder">Made before this world's run.</param>
internal sealed record Session(
    int Id, string UniqueId, string Name, bool IsByCode, string? Number, string? Callback, DateTimeOffset CreatedAt, bool IsOlder)
{
    /// <summary>The account of the simulated phone.</summary>
    public const string OwnNumber = "79001234567";

    /// <summary>The account of another phone.</summary>
    public const string OtherNumber = "79997654321";

    private static readonly TimeSpan StartsFor = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan DestroysFor = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan UnknownFor = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan ErrorFor = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ClosesAfter = TimeSpan.FromSeconds(10);

    public DateTimeOffset? LinkedAt { get; init; }

    public DateTimeOffset? DeletedAt { get; init; }

    /// <summary>When the phone unlinked it, or it broke.</summary>
    public DateTimeOffset? ClosedAt { get; init; }

    /// <summary>When the person's last try failed.</summary>
    public DateTimeOffset? ErrorAt { get; init; }

    public string? Wid { get; init; }

    public string? Pushname { get; init; }

    /// <summary>The session after what has happened by itself until now.</summary>
    public Session At(DateTimeOffset now, Course course)
    {
        if (DeletedAt is not null || ClosedAt is not null || IsOlder) return this;
        if (course.ClosesFirstSession && Id == 1 && now >= CreatedAt + ClosesAfter) return this with { ClosedAt = CreatedAt + ClosesAfter };
        return LinkedAt is null && course.LinkAfter is { } after && now >= CreatedAt + after ? Linked(CreatedAt + after, course.IsWrongPhone) : this;
    }

    public Session Linked(DateTimeOffset now, bool isOtherPhone) => this with
    {
        LinkedAt = now,
        Wid = (isOtherPhone ? OtherNumber : Number ?? OwnNumber) + "@c.us",
        Pushname = isOtherPhone ? "Somebody else" : "Ann",
    };

    /// <summary>What the API says; null where the session is not listed any more.</summary>
    public string? StatusAt(DateTimeOffset now, Course course) =>
        ClosedAt is not null ? null
        : DeletedAt is { } deleted ? now < deleted + DestroysFor ? "DESTROYING" : null
        : LinkedAt is { } linked && now >= ReadyAt(linked, course) ? "READY"
        : LinkedAt is not null && course.HasUnknownStatus ? "SYNCHRONIZING"
        : now < CreatedAt + StartsFor ? "PENDING"
        : "AUTH";

    /// <summary>What the hosted page shows: <c>loading</c>, <c>qr</c>, <c>success</c>, <c>error</c> or <c>broken</c>.</summary>
    public string PageAt(DateTimeOffset now, Course course) =>
        StatusAt(now, course) is null or "DESTROYING" ? "broken"
        : LinkedAt is not null ? "success"
        : ErrorAt is { } error && now < error + ErrorFor ? "error"
        : course.PageErrorAfter is { } after && now >= CreatedAt + after && now < CreatedAt + after + ErrorFor ? "error"
        : now < CreatedAt + StartsFor ? "loading"
        : "qr";

    /// <summary>The code to type, which the API tells later than the page; null where there is none.</summary>
    public string? CodeAt(DateTimeOffset now, TimeSpan? after) =>
        IsByCode && LinkedAt is null && after is { } wait && now >= CreatedAt + wait ? $"{UniqueId[..4]}-{UniqueId[4..8]}".ToUpperInvariant() : null;

    /// <summary>Counts the QR codes shown so far.</summary>
    public long RotationAt(DateTimeOffset now, Course course) => (now - CreatedAt).Ticks / course.QrLife.Ticks;

    private static DateTimeOffset ReadyAt(DateTimeOffset linked, Course course) =>
        linked + course.PageLead + (course.HasUnknownStatus ? UnknownFor : TimeSpan.Zero);
}

/// <summary>Something that happened to a session.</summary>
internal sealed record SessionEvent(int Id, string WhatsappId, string Action, DateTimeOffset At);
