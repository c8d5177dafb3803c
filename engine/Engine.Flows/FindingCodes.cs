using System.Collections.Immutable;

namespace Engine.Flows;

/// <summary>One kind of mistake: its stable code, and what it means in one line.</summary>
public sealed record FindingCode(string Code, string Meaning)
{
    public override string ToString() => Code;
}

/// <summary>The kinds of mistakes that checking can find. A code never changes its meaning.</summary>
public static partial class FindingCodes
{
    /// <summary>Files as the commands find them, before they are read as flows.</summary>
    public static ImmutableArray<FindingCode> Files => [FileUnreadable, FileNotRead, FlowNamedTwice];

    /// <summary>The file as bytes and as YAML.</summary>
    public static ImmutableArray<FindingCode> Yaml =>
    [
        NotUtf8, FileTooLarge, EmptyFile, SecondDocument, Syntax, TooDeep, TooManyParts, ValueTooLong, Anchor, Tag, DuplicateKey,
        KeyIsNoName, ForbiddenCharacter, Directive, CutByComment, BrokenByColon, BrokenByQuote, BrokenByBraces, CutByFlowStyle,
        NotABoolean, Tab,
    ];

    /// <summary>The grammar of the flow language.</summary>
    public static ImmutableArray<FindingCode> Grammar =>
    [
        NotAFlow, UnknownKey, MissingKey, UnknownVerb, NoVerb, TwoVerbs, VerbNotFirst, NotInThisVersion, KeyOfAnotherVerb, WrongKind,
        NoValue, BadName, ReservedName, BadDuration, BadNumber, UnknownType, UnknownWord, LanguageMissing, UnknownLanguage, FixedText,
        SuperfluousEquals, NotAnExpression, HiddenCharacter, BadOperation, KeysDoNotFit, NamedTwice, BadPattern, BadDefault,
    ];

    public static readonly FindingCode FileUnreadable = new("FILE001", "the file cannot be read");
    public static readonly FindingCode FileNotRead = new("FILE002", "the file is larger than 1 MB and was not read");
    public static readonly FindingCode FlowNamedTwice = new("FILE003", "two files define flows of the same name");

    public static readonly FindingCode NotUtf8 = new("YAML001", "the file is not UTF-8 text");
    public static readonly FindingCode FileTooLarge = new("YAML002", "the file is larger than 256 kB");
    public static readonly FindingCode EmptyFile = new("YAML003", "the file holds nothing");
    public static readonly FindingCode SecondDocument = new("YAML004", "the file holds a second YAML document");
    public static readonly FindingCode Syntax = new("YAML005", "YAML cannot be read on from here");
    public static readonly FindingCode TooDeep = new("YAML006", "nested deeper than 32 levels");
    public static readonly FindingCode TooManyParts = new("YAML007", "more than 20,000 YAML events");
    public static readonly FindingCode ValueTooLong = new("YAML008", "a single value is longer than 32 kB");
    public static readonly FindingCode Anchor = new("YAML009", "an anchor, an alias or a merge key");
    public static readonly FindingCode Tag = new("YAML010", "a tag, or a value that begins with an exclamation mark");
    public static readonly FindingCode DuplicateKey = new("YAML011", "a key stands twice in one map");
    public static readonly FindingCode KeyIsNoName = new("YAML012", "a key that is a list or a map");
    public static readonly FindingCode ForbiddenCharacter = new("YAML013", "a control or direction character, or half of one");
    public static readonly FindingCode Directive = new("YAML014", "a YAML directive");
    public static readonly FindingCode CutByComment = new("YAML015", "a comment sign cuts a value off");
    public static readonly FindingCode BrokenByColon = new("YAML016", "a colon with a space breaks a value");
    public static readonly FindingCode BrokenByQuote = new("YAML017", "something follows the closing quote of a value");
    public static readonly FindingCode BrokenByBraces = new("YAML018", "a value begins with two braces and is not in quotes");
    public static readonly FindingCode CutByFlowStyle = new("YAML019", "a comma, bracket or brace ends a value too early");
    public static readonly FindingCode NotABoolean = new("YAML020", "a boolean other than true and false");
    public static readonly FindingCode Tab = new("YAML021", "a tab where YAML wants spaces");

    public static readonly FindingCode NotAFlow = new("FLOW001", "the file is not a map of a flow's keys");
    public static readonly FindingCode UnknownKey = new("FLOW002", "a key that does not exist here");
    public static readonly FindingCode MissingKey = new("FLOW003", "a required key is missing");
    public static readonly FindingCode UnknownVerb = new("FLOW004", "a verb that does not exist");
    public static readonly FindingCode NoVerb = new("FLOW005", "a step without a verb");
    public static readonly FindingCode TwoVerbs = new("FLOW006", "a step with two verbs");
    public static readonly FindingCode VerbNotFirst = new("FLOW007", "the verb is not the first key of its step");
    public static readonly FindingCode NotInThisVersion = new("FLOW008", "part of the language, but not of this version of the engine");
    public static readonly FindingCode KeyOfAnotherVerb = new("FLOW009", "a key that other verbs have, but not this one");
    public static readonly FindingCode WrongKind = new("FLOW010", "a map, a list or a single value where another of these is wanted");
    public static readonly FindingCode NoValue = new("FLOW011", "a key without a value");
    public static readonly FindingCode BadName = new("FLOW012", "a name that is not written as names are");
    public static readonly FindingCode ReservedName = new("FLOW013", "a name that the language itself uses");
    public static readonly FindingCode BadDuration = new("FLOW014", "not a duration");
    public static readonly FindingCode BadNumber = new("FLOW015", "not a whole number, or one out of range");
    public static readonly FindingCode UnknownType = new("FLOW016", "a type that does not exist");
    public static readonly FindingCode UnknownWord = new("FLOW017", "a word that is not among those possible here");
    public static readonly FindingCode LanguageMissing = new("FLOW018", "a text lacks one of the flow's languages");
    public static readonly FindingCode UnknownLanguage = new("FLOW019", "a text in a language the flow does not list");
    public static readonly FindingCode FixedText = new("FLOW020", "an expression or a hole in a text that is fixed");
    public static readonly FindingCode SuperfluousEquals = new("FLOW021", "a leading = where an expression stands anyway");
    public static readonly FindingCode NotAnExpression = new("FLOW022", "a literal where only an expression makes sense");
    public static readonly FindingCode HiddenCharacter = new("FLOW023", "an invisible character in an expression");
    public static readonly FindingCode BadOperation = new("FLOW024", "not an operation's name, which is alias.operation");
    public static readonly FindingCode KeysDoNotFit = new("FLOW025", "keys that exclude or need each other");
    public static readonly FindingCode NamedTwice = new("FLOW026", "the same name twice in a list");
    public static readonly FindingCode BadPattern = new("FLOW027", "not a regular expression that can be used");
    public static readonly FindingCode BadDefault = new("FLOW028", "a default that does not fit the field");
}
