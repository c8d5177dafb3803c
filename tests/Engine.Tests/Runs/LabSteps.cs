using Engine.Flows;

namespace Engine.Tests;

/// <summary>Steps with the defaults of the language, so that a test names only what it is about.</summary>
internal static class LabSteps
{
    public static readonly Retry Thrice = new(3, TimeSpan.FromSeconds(1));
    public static readonly Retry NoRetry = new(1, TimeSpan.FromSeconds(1));

    public static CompiledStep.Call Call(int site, int next, Retry? retry = null, int? confirm = null, int? undo = null) => new(
        $"call_{site}", 1, site, SlotOf(site), retry ?? (site == LabFlow.Make ? NoRetry : Thrice), null, null, [], confirm,
        undo is { } index ? new Undo(index) : null, [], next);

    public static CompiledStep.Poll Poll(LabFlow flow, int next, string until = "Seen.Status == \"done\"", Show? show = null) => new(
        "poll", 1, LabFlow.Look, 6, null, false, TimeSpan.FromSeconds(5), flow.When(until), TimeSpan.FromMinutes(10), null, null, [],
        show ?? new Show(flow.Value("Seen.Qr"), null, null, null, null, null, flow.Value("Seen.Expires"), null, null), [], next);

    public static CompiledStep.Prompt Prompt(int next, int? submit = null, int max = 5, params Field[] fields) => new(
        "ask", 1, fields.Length > 0 ? [.. fields] : [Password], null, null, 7, "Generated.Form1", submit, submit is { } site ? SlotOf(site) : null, Thrice, null,
        null, null, [], [], null, max, null, null, null, null, [], next);

    public static Field Password { get; } = NewField("password", FieldType.Secret);

    public static Field NewField(string name, FieldType type, bool isRequired = true, string? pattern = null, params string[] options) => new(
        name, type, isRequired, LocalText.Empty, LocalText.Empty, pattern, null, 64,
        [.. options.Select(option => new Option(option, LocalText.Empty))]);

    public static PromptAction Action(string name, int target, double after = 0, int max = 3) =>
        new(name, LocalText.Empty, TimeSpan.FromSeconds(after), max, target);

    public static CompiledStep.Done Done { get; } = new("done", 9);

    public static CompiledStep.Fail Fail(string code) => new("fail_" + code, 9, code);

    public static CompiledStep.Redirect Redirect(LabFlow flow, int next, params Handler[] handlers) => new(
        "page", 1, "lab", "page", "Engine.Tests.Seen, Engine.Tests", flow.Value("new Look(\"1\")"), 6, null, TimeSpan.FromMinutes(10), null,
        [.. handlers], false, next);

    public static CompiledStep.Await Await(int next, int? onTimeout = null) =>
        new("bell", 1, "bell", 6, TimeSpan.FromMinutes(10), onTimeout, next);

    public static CompiledStep.Connect Connect(
        LabFlow flow, int next, string? key = null, OnOtherAccount other = OnOtherAccount.Reject, OnDuplicate duplicate = OnDuplicate.Reject,
        bool isSwapped = false) => new(
        "connect", 8, new Identity(key is null ? null : flow.Value(key), null, key is null ? "the lab does not tell" : null), isSwapped, other,
        duplicate, flow.Value("new Generated.Params(7)"), flow.Value("new LabKeys(new Secret(\"t0ken\"))"), next);

    private static int? SlotOf(int site) => site switch { LabFlow.Make => 8, LabFlow.Drop => null, _ => 6 };
}
