using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;

namespace Engine.Storage;

/// <summary>One numbered file beside this one: a step of the schema.</summary>
/// <param name="MinReader">The oldest schema whose engine goes on beside this one; the step's own number where none does.</param>
internal sealed partial record Migration(int Number, string Name, int MinReader, string Sqlite, string Postgres)
{
    private const string PostgresEnd = ".postgres";

    /// <summary>All steps in order.</summary>
    public static IReadOnlyList<Migration> ReadAll()
    {
        var assembly = Assembly.GetExecutingAssembly();
        var files = assembly.GetManifestResourceNames().Where(name => char.IsAsciiDigit(name[0]))
            .ToDictionary(name => name, name => Read(assembly, name), StringComparer.Ordinal);
        return [.. files.Keys.Where(name => !name.EndsWith(PostgresEnd, StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(name => From(name, files))];
    }

    private static Migration From(string name, Dictionary<string, string> files)
    {
        var number = int.Parse(name[..4], CultureInfo.InvariantCulture);
        var sqlite = files[name];
        var readers = FirstLine.Match(sqlite);
        return new Migration(
            number, name, readers.Success ? int.Parse(readers.Groups["number"].ValueSpan, CultureInfo.InvariantCulture) : number, sqlite,
            files.TryGetValue(name + PostgresEnd, out var own) ? own : PostgresDdl.From(sqlite));
    }

    private static string Read(Assembly assembly, string name)
    {
        using var stream = assembly.GetManifestResourceStream(name) ?? throw new UnreachableException();
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    [GeneratedRegex(@"\A-- min_reader: (?<number>[0-9]+)", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex FirstLine { get; }
}
