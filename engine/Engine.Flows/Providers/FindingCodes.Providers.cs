using System.Collections.Immutable;

namespace Engine.Flows;

public static partial class FindingCodes
{
    /// <summary>The files that describe providers. What they share with flows has the flows' codes.</summary>
    public static ImmutableArray<FindingCode> Providers =>
    [
        NotAProvider, BadHost, BadSetting, MethodMissing, BadPath, BaseUnclear, SecretInTheOpen, HeaderNotAllowed, BodiesDoNotFit,
        KeyAndPathDoNotFit, NamesTooNear, BadChoice, FailureNotDeclarable, BadPace, BadStatus, CannotBeSent, AboutNoArgument, RoleDoesNotFit,
        BadCredentials,
    ];

    public static readonly FindingCode NotAProvider = new("PROV001", "the file is not a map of a provider's keys");
    public static readonly FindingCode BadHost = new("PROV002", "not a host that a provider may name");
    public static readonly FindingCode BadSetting = new("PROV003", "a setting's default that does not fit");
    public static readonly FindingCode MethodMissing = new("PROV004", "an operation without an HTTP method, or with two");
    public static readonly FindingCode BadPath = new("PROV005", "not a path below the base address");
    public static readonly FindingCode BaseUnclear = new("PROV006", "it is not clear which address an operation calls");
    public static readonly FindingCode SecretInTheOpen = new("PROV007", "a secret where others would see it");
    public static readonly FindingCode HeaderNotAllowed = new("PROV008", "a header that a provider's file may not set");
    public static readonly FindingCode BodiesDoNotFit = new("PROV009", "two bodies, or a body where none may be");
    public static readonly FindingCode KeyAndPathDoNotFit = new("PROV010", "auth: path without its place in the path, or the place without it");
    public static readonly FindingCode NamesTooNear = new("PROV011", "two names that flows could not tell apart");
    public static readonly FindingCode BadChoice = new("PROV012", "a choice of words that does not fit");
    public static readonly FindingCode FailureNotDeclarable = new("PROV013", "a failure that is declared in the wrong way");
    public static readonly FindingCode BadPace = new("PROV014", "a pace that is no number of seconds in the answer");
    public static readonly FindingCode BadStatus = new("PROV015", "an HTTP status that cannot be accepted");
    public static readonly FindingCode CannotBeSent = new("PROV016", "a value that has no form for sending");
    public static readonly FindingCode AboutNoArgument = new("PROV017", "a failure about an argument that does not exist");
    public static readonly FindingCode RoleDoesNotFit = new("PROV018", "an operation that does not fit its role");
    public static readonly FindingCode BadCredentials = new("PROV019", "credentials that cannot be kept");
}
