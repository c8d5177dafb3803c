using System.Collections.Frozen;
using System.Text.Json;

namespace Engine.Host;

/// <summary>The members of enums as everybody outside reads them, such as <c>waiting_user</c>; made once for each.</summary>
internal static class Words
{
    public static string Of<T>(T member)
        where T : struct, Enum => Table<T>.ByMember[member];

    private static class Table<T>
        where T : struct, Enum
    {
        public static readonly FrozenDictionary<T, string> ByMember =
            Enum.GetValues<T>().ToFrozenDictionary(member => member, member => JsonNamingPolicy.SnakeCaseLower.ConvertName(member.ToString()));
    }
}
