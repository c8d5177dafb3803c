using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Radist.Simulator;

/// <summary>A connection that the provider stores, and never deletes.</summary>
/// <param name="AuthorizedAt">Null until an account is signed in.</param>
/// <param name="Phone">The number that is signed in.</param>
/// <param name="ShownSince">Since when WhatsApp codes are shown; null before they are asked for.</param>
/// <param name="Rounds">How often codes were asked for.</param>
/// <param name="Scans">How often a phone scanned one since then.</param>
internal sealed record StoredConnection(
    int Id, string Type, string Name, DateTimeOffset? AuthorizedAt, string? Phone = null, bool IsPaid = true, bool IsSignedOut = false,
    DateTimeOffset? ShownSince = null, int Rounds = 0, int Scans = 0)
{
    /// <summary>How many codes there are in a round. The provider's number is not known; WhatsApp itself shows a handful.</summary>
    public const int CodesInARound = 3;

    /// <summary>The connection after what has happened by itself until now.</summary>
    public StoredConnection At(DateTimeOffset now, Course course)
    {
        if (Type != "whatsapp" || AuthorizedAt is not null || ShownSince is not { } since || !course.ScansByItself || !IsPaid) return this;
        if (course.CodesRunOut && Rounds == 1) return this;
        var scanned = this;
        while (scanned.AuthorizedAt is null && scanned.Scans < course.ScansNeeded && now >= since + course.ScanAt(scanned.Scans))
        {
            scanned = scanned.Scanned(since + course.ScanAt(scanned.Scans), course);
        }

        return scanned;
    }

    /// <summary>The connection once a phone has scanned: signed in, or to be scanned once more.</summary>
    public StoredConnection Scanned(DateTimeOffset now, Course course) => Scans + 1 < course.ScansNeeded
        ? this with { Scans = Scans + 1 }
        : this with { Scans = Scans + 1, AuthorizedAt = now, Phone = course.WhatsappPhone, IsSignedOut = false };

    /// <summary>The connection with a new round of codes.</summary>
    public StoredConnection Shown(DateTimeOffset now) =>
        this with { ShownSince = now, Rounds = Rounds + 1, Scans = 0, AuthorizedAt = null, IsSignedOut = false };

    /// <summary>How long the code that is good now is so; null where there is none.</summary>
    public TimeSpan? QrLeft(DateTimeOffset now, Course course)
    {
        if (ShownSince is not { } since || Rotation(now, course) is not { } rotation) return null;
        return since + ((rotation + 1) * course.QrLife) - now;
    }

    /// <summary>The text of that code; its form is like WhatsApp's.</summary>
    public string? QrText(DateTimeOffset now, Course course) => Rotation(now, course) is { } rotation
        ? $"2@{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Id} {Rounds} {Scans} {rotation}"))))}"
        : null;

    /// <summary>How it stands, in words that are a guess.</summary>
    public string Status(DateTimeOffset now, Course course) =>
        !IsPaid ? "not_paid"
        : IsSignedOut ? "signed_out"
        : Type != "whatsapp" || AuthorizedAt is not null ? "active"
        : Rotation(now, course) is not null ? "waiting_for_qr"
        : "qr_timeout";

    private long? Rotation(DateTimeOffset now, Course course) =>
        ShownSince is { } since && (now - since).Ticks / course.QrLife.Ticks is var rotation and < CodesInARound ? rotation : null;
}
