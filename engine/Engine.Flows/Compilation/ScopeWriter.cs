using System.Globalization;
using Microsoft.CodeAnalysis.CSharp;

namespace Engine.Flows;

/// <summary>Writes the class that evaluates a flow's expressions: one method for each, called by number.</summary>
internal sealed class ScopeWriter
{
    private readonly SourceWriter code;
    private readonly ScopeTypes types;
    private readonly ScopeParts parts;
    private readonly string file;
    private int textCount;

    private ScopeWriter(SourceWriter code, ScopeTypes types, ScopeParts parts, string file)
    {
        this.code = code;
        this.types = types;
        this.parts = parts;
        this.file = file;
    }

    /// <summary>The expressions a person wrote, each with where its code stands between brackets.</summary>
    public List<(Translation Translation, int Start, int End)> Expressions { get; } = [];

    public SourceWriter Code => code;

    /// <summary>The source of a flow.</summary>
    public static ScopeWriter Write(FlowTypes types, ScopeParts parts, string file)
    {
        var writer = new ScopeWriter(new SourceWriter(), types, parts, file);
        writer.code.Write("#nullable enable\n#nullable disable warnings\n#pragma warning disable\n");
        WriteTypes(writer.code, types);
        writer.WriteClass("public sealed class Scope");
        return writer;
    }

    /// <summary>Begins a source that several scopes share.</summary>
    public static void WriteTypes(SourceWriter code, ScopeTypes types)
    {
        var text = new System.Text.StringBuilder("using Engine.Flows.Expressions;\n");
        text.Append("namespace ").Append(types.Namespace).Append(";\n");
        types.WriteTypes(text);
        code.Write(text.ToString());
    }

    /// <summary>Adds the class of one scope to a source.</summary>
    public static ScopeWriter Write(SourceWriter code, string name, ScopeTypes types, ScopeParts parts, string file)
    {
        var writer = new ScopeWriter(code, types, parts, file);
        writer.WriteClass($"internal sealed class {name}");
        return writer;
    }

    private void WriteClass(string declaration)
    {
        var fields = new System.Text.StringBuilder(declaration).Append(" : global::Engine.Flows.FlowScope\n{\n");
        types.WriteFields(fields);
        code.Write(fields.ToString());
        WriteSlots();
        for (var i = 0; i < parts.Conditions.Count; i++) WriteCondition(i);
        for (var i = 0; i < parts.Values.Count; i++) WriteValue(i);
        for (var i = 0; i < parts.Choices.Count; i++) WriteChoice(i);
        WriteDispatch("bool", "Condition", "C", parts.Conditions.Select(one => one.Line));
        WriteDispatch("object?", "Value", "V", parts.Values.Select(one => one.Line));
        WriteDispatch("int", "Choice", "H", parts.Choices.Select(one => one.Line));
        code.Write("}\n");
    }

    private void WriteSlots()
    {
        code.Write("    public override object? Get(int slot) { switch (slot) {\n");
        foreach (var slot in types.Slots.All.Where(slot => slot.Type is not null))
        {
            code.Write(Line($"        case {slot.Index}: return {slot.Identifier};\n"));
        }

        code.Write("        default: throw Fault.NoSuch(slot); } }\n    public override void Set(int slot, object? value) { switch (slot) {\n");
        foreach (var slot in types.Slots.All.Where(slot => slot.Type is not null))
        {
            // An emptied slot of a value type gets its default: the proof shows that nothing reads it before it is set again.
            code.Write(Line($"        case {slot.Index}: {slot.Identifier} = value is null ? default : ({slot.Type})value; break;\n"));
        }

        code.Write("        default: throw Fault.NoSuch(slot); } }\n");
    }

    private void WriteCondition(int number)
    {
        var (value, isNegated, _) = parts.Conditions[number];
        var texts = WriteTexts(value);
        code.Write(Line($"    bool C{number}() {{ {Reset(value)}return {(isNegated ? "!" : "")}"));
        WriteBound(value, texts);
        code.Write("; }\n");
    }

    private void WriteValue(int number)
    {
        var (made, _) = parts.Values[number];
        if (made is Made.Record { Value: var record })
        {
            var texts = new Dictionary<object, string>(ReferenceEqualityComparer.Instance);
            foreach (var part in record.Values) texts[part] = WriteTexts(part);
            var reset = record.Values.Any(NeedsFuel) ? "Fuel.Reset(); " : "";
            code.Write(Line($"    object? V{number}() {{ {reset}return new {record.Type}("));
            WriteArguments(record.Arguments, ": ", texts);
            code.Write(")");
            if (!record.Properties.IsEmpty)
            {
                code.Write(" { ");
                WriteArguments(record.Properties, " = ", texts);
                code.Write(" }");
            }

            code.Write("; }\n");
        }
        else if (made is Made.Single { Value: var value })
        {
            var texts = WriteTexts(value);
            code.Write(Line($"    object? V{number}() {{ {Reset(value)}return "));
            WriteBound(value, texts);
            code.Write("; }\n");
        }
    }

    private void WriteArguments(IEnumerable<(string Name, Bound Value)> arguments, string sign, Dictionary<object, string> texts)
    {
        var separator = "";
        foreach (var (name, value) in arguments)
        {
            code.Write(separator).Write(name).Write(sign);
            WriteBound(value, texts[value]);
            separator = ", ";
        }
    }

    private void WriteChoice(int number)
    {
        var (branch, _) = parts.Choices[number];
        if (branch.Subject is not { } subject)
        {
            code.Write(Line($"    int H{number}() => -1;\n"));
            return;
        }

        code.Write(Line($"    int H{number}() {{ {Reset(subject)}switch ("));
        WriteBound(subject, "");
        code.Write(") { ");
        for (var i = 0; i < branch.Cases.Length; i++)
        {
            if (branch.Cases[i].IsEmpty) continue;
            foreach (var one in branch.Cases[i]) code.Write($"case {one.Code}: ");
            code.Write(Line($"return {i}; "));
        }

        code.Write("default: return -1; } }\n");
    }

    private void WriteDispatch(string type, string name, string prefix, IEnumerable<int> lines)
    {
        var all = lines.ToList();
        code.Write($"    public override {type} {name}(int index) {{ try {{ switch (index) {{\n");
        for (var i = 0; i < all.Count; i++) code.Write(Line($"        case {i}: return {prefix}{i}();\n"));
        code.Write("        default: throw Fault.NoSuch(index); } }\n");
        code.Write($"        catch (global::System.Exception fault) {{ throw Fault.At({prefix}Place(index), fault); }} }}\n");
        code.Write($"    static string {prefix}Place(int index) {{ switch (index) {{\n");
        for (var i = 0; i < all.Count; i++) code.Write(Line($"        case {i}: return {Quote(Line($"{file}:{all[i]}"))};\n"));
        code.Write($"        default: return {Quote(file)}; }} }}\n");
    }

    /// <summary>Writes the method that puts a text with holes together, and gives its name; empty where the value is none.</summary>
    private string WriteTexts(Bound value)
    {
        if (value is not Bound.Text text) return "";
        var name = Line($"T{textCount++}");
        var (letters, holes) = (text.Pieces.Sum(piece => piece.Letters.Length), text.Pieces.Count(piece => piece.Hole is not null));
        code.Write(Line($"    string {name}() {{ var text = new TextBuilder({letters}, {holes}); "));
        foreach (var piece in text.Pieces)
        {
            if (piece.Hole is null)
            {
                code.Write($"text.Literal({Quote(piece.Letters)}); ");
                continue;
            }

            code.Write("text.Hole(");
            WriteBound(piece.Hole, "");
            code.Write("); ");
        }

        code.Write("return text.Build(); }\n");
        return name;
    }

    private void WriteBound(Bound value, string text)
    {
        switch (value)
        {
            case Bound.Computed computed:
                // A value without a type of its own, such as 'a ? 1 : null', takes that of its place.
                if (computed is { Translation.NeedsTarget: true, Target.Length: > 0 }) code.Write($"({computed.Target})");
                code.Write("(");
                var start = code.Length;
                code.Write(computed.Translation);
                Expressions.Add((computed.Translation, start, code.Length));
                code.Write(computed.Unwraps ? ").Value" : ")");
                break;
            case Bound.Text:
                code.Write($"{text}()");
                break;
            case Bound.Constant constant:
                code.Write(constant.Code);
                break;
            default:
                code.Write("default!");
                break;
        }
    }

    private static string Reset(Bound value) => NeedsFuel(value) ? "Fuel.Reset(); " : "";

    private static bool NeedsFuel(Bound value) => value is Bound.Text or Bound.Computed { Translation.CallsFunctions: true };

    private static string Quote(string text) => SymbolDisplay.FormatLiteral(text, quote: true);

    private static string Line(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
