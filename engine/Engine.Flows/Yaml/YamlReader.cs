using System.Collections.Immutable;
using System.Globalization;
using YamlDotNet.Core;
using Events = YamlDotNet.Core.Events;

namespace Engine.Flows;

/// <summary>
/// Reads YAML text into nodes, straight from the parser's events, so that limits bind before anything is built: the
/// loaders of YamlDotNet 16.3
/// die of deep nesting, and take the last of two equal keys in silence.
/// </summary>
internal sealed class YamlReader
{
    private const int MaxDepth = 32;
    private const int MaxEvents = 20_000;
    private const int MaxValueLength = 32 * 1024;

    private readonly FlowText text;
    private readonly FindingList findings;
    private readonly Parser parser;
    private int events;

    private YamlReader(FlowText text, FindingList findings)
    {
        this.text = text;
        this.findings = findings;
        parser = new Parser(new StringReader(text.Raw));
    }

    private Events.ParsingEvent Current => parser.Current ?? throw new ReadingEndedException();

    /// <summary>How far the parser got.</summary>
    private int Offset => (int)(parser.Current?.End.Index ?? 0);

    /// <summary>The root of the only document; null, with a finding, where it cannot be read to its end.</summary>
    public static YamlNode? Read(FlowText text, FindingList findings)
    {
        var reader = new YamlReader(text, findings);
        try
        {
            return reader.ReadDocument();
        }
        catch (ReadingEndedException)
        {
            // Where no limit was exceeded, the events themselves made no sense: the parser lets some odd inputs through.
            if (!findings.HasErrors) SyntaxTrouble.Explain(text, reader.Offset, "", findings);
            return null;
        }
        catch (YamlException fault)
        {
            SyntaxTrouble.Explain(text, (int)fault.Start.Index, fault.Message, findings);
            return null;
        }
        catch (Exception fault) when (fault is ArgumentException or FormatException or OverflowException or InvalidOperationException)
        {
            // The scanner of YamlDotNet 16.3 lets some of its own faults through, such as an escape beyond U+10FFFF.
            SyntaxTrouble.Explain(text, reader.Offset, fault.Message, findings);
            return null;
        }
    }

    private YamlNode? ReadDocument()
    {
        Move();
        Move();
        if (Current is not Events.DocumentStart document)
        {
            findings.Error(FindingCodes.EmptyFile, text.PlaceOf(0, 0),
                "the file holds nothing; a flow begins with 'flow: its-name'");
            return null;
        }

        if (document.Version is not null || HasDirective((int)document.End.Index))
        {
            findings.Error(FindingCodes.Directive, PlaceOf(document),
                "a YAML directive has no place in a flow; remove the line");
        }

        Move();
        var root = ReadNode(0);
        Move();
        if (Current is Events.DocumentStart second)
        {
            findings.Error(FindingCodes.SecondDocument, PlaceOf(second),
                "a second document begins here; one file holds one flow, so write a second file and remove the '---'");
            return null;
        }

        return root;
    }

    /// <summary>The parser keeps the tags that a directive declares, and not that it does.</summary>
    private bool HasDirective(int end) => text.Raw.StartsWith('%') || text.Raw.AsSpan(0, Math.Min(end, text.Raw.Length)).Contains("\n%", StringComparison.Ordinal);

    private void Move()
    {
        if (!parser.MoveNext()) throw new ReadingEndedException();
        if (++events <= MaxEvents) return;
        findings.Error(FindingCodes.TooManyParts, PlaceOf(Current), string.Create(
            CultureInfo.InvariantCulture, $"the file has more than {MaxEvents} parts; split the flow"));
        throw new ReadingEndedException();
    }

    /// <summary>Reads the node whose first event is the current one, and goes past it.</summary>
    private YamlNode ReadNode(int depth)
    {
        if (depth > MaxDepth)
        {
            findings.Error(FindingCodes.TooDeep, PlaceOf(Current), string.Create(
                CultureInfo.InvariantCulture, $"nested deeper than {MaxDepth} levels; a flow needs far fewer"));
            throw new ReadingEndedException();
        }

        var node = Current switch
        {
            Events.Scalar scalar => ReadValue(scalar),
            Events.MappingStart map => ReadMap(map, depth),
            Events.SequenceStart list => ReadList(list, depth),
            Events.AnchorAlias alias => ReadAlias(alias),
            _ => throw new ReadingEndedException(),
        };
        Move();
        return node;
    }

    private YamlNode ReadValue(Events.Scalar scalar)
    {
        if (scalar.Value.Length > MaxValueLength)
        {
            findings.Error(FindingCodes.ValueTooLong, PlaceOf(scalar), string.Create(CultureInfo.InvariantCulture,
                $"this value has {scalar.Value.Length} characters; a single value may have {MaxValueLength}"));
            return new YamlNode.Refused(PlaceOf(scalar));
        }

        if (IsRefused(scalar)) return new YamlNode.Refused(PlaceOf(scalar));
        var value = ToScalar(scalar);
        return HasForbiddenCharacter(value) ? new YamlNode.Refused(value.Place) : new YamlNode.Value(value);
    }

    private Scalar ToScalar(Events.Scalar scalar) =>
        new(text, scalar.Value, scalar.Style, (int)scalar.Start.Index, (int)scalar.End.Index);

    private bool HasForbiddenCharacter(Scalar scalar)
    {
        var index = Characters.IndexOfForbidden(scalar.Value);
        if (index < 0) return false;
        findings.Error(FindingCodes.ForbiddenCharacter, scalar.PlaceOf(index, 1),
            $"{Characters.Show(scalar.Value[index])} has no place in a value; remove it");
        return true;
    }

    private YamlNode.List ReadList(Events.SequenceStart start, int depth)
    {
        _ = IsRefused(start);
        var items = ImmutableArray.CreateBuilder<YamlNode>();
        Move();
        while (Current is not Events.SequenceEnd) items.Add(ReadNode(depth + 1));
        return new YamlNode.List(PlaceOf(start, Current), items.ToImmutable());
    }

    private YamlNode.Map ReadMap(Events.MappingStart start, int depth)
    {
        _ = IsRefused(start);
        var entries = new MapEntries(text, findings, isFlowStyle: start.Style == Events.MappingStyle.Flow);
        Move();
        while (Current is not Events.MappingEnd)
        {
            var begin = Current;
            var key = ReadNode(depth + 1);
            var value = ReadNode(depth + 1);
            entries.Add(key, value, (int)begin.Start.Index);
        }

        return new YamlNode.Map(PlaceOf(start, Current), entries.ToImmutable(), entries.AreWhole);
    }

    private YamlNode.Refused ReadAlias(Events.AnchorAlias alias)
    {
        var place = PlaceOf(alias);
        findings.Error(FindingCodes.Anchor, place,
            $"YAML takes '*{alias.Value}' for an alias, which flows do not have; if it is part of a value, put the whole value in quotes");
        return new YamlNode.Refused(place);
    }

    /// <summary>Whether the node carries an anchor or a tag; both are refused.</summary>
    private bool IsRefused(Events.NodeEvent node)
    {
        if (!node.Anchor.IsEmpty)
        {
            findings.Error(FindingCodes.Anchor, PlaceOf(node),
                $"YAML takes '&{node.Anchor.Value}' for an anchor, which flows do not have; if it is part of a value, put the whole value in quotes");
            return true;
        }

        if (node.Tag.IsEmpty) return false;
        findings.Error(FindingCodes.Tag, PlaceOf(node),
            "YAML takes a value that begins with '!' for a tag, which flows do not have; put the whole value in quotes");
        return true;
    }

    /// <summary>Of a map or a list: its first line.</summary>
    private Place PlaceOf(Events.ParsingEvent start, Events.ParsingEvent end)
    {
        var closing = (int)end.End.Index;
        if (closing < text.Raw.Length && text.Raw[closing] is ']' or '}') closing++;
        var place = text.PlaceOf((int)start.Start.Index, closing);
        return place.Line == place.EndLine ? place : FirstLine((int)start.Start.Index);
    }

    private Place PlaceOf(Events.ParsingEvent part)
    {
        var place = text.PlaceOf((int)part.Start.Index, (int)part.End.Index);
        return place.Line == place.EndLine ? place : FirstLine((int)part.Start.Index);
    }

    private Place FirstLine(int start)
    {
        var end = text.Raw.AsSpan(start).IndexOfAny('\r', '\n');
        return text.PlaceOf(start, end < 0 ? text.Raw.Length : start + end);
    }

    /// <summary>Ends the reading; its finding was given.</summary>
    private sealed class ReadingEndedException : Exception;
}
