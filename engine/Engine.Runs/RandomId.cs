namespace Engine.Runs;

/// <summary>Ids of 26 characters: 10 that grow with the time, so that new rows stand together, and 16 by chance (80 bits).</summary>
internal static class RandomId
{
    /// <summary>Crockford's base 32, lower case: no letter that reads like a digit.</summary>
    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

    private const int TimeCharacters = 10;
    private const int RandomCharacters = 16;

    public static string New(DateTimeOffset now, Action<Span<byte>> fillRandom)
    {
        Span<byte> random = stackalloc byte[RandomCharacters];
        fillRandom(random);
        Span<char> id = stackalloc char[TimeCharacters + RandomCharacters];
        var milliseconds = now.ToUnixTimeMilliseconds();
        for (var place = TimeCharacters - 1; place >= 0; place--, milliseconds >>= 5) id[place] = Alphabet[(int)(milliseconds & 31)];
        for (var place = 0; place < RandomCharacters; place++) id[TimeCharacters + place] = Alphabet[random[place] & 31];
        return new string(id);
    }
}
