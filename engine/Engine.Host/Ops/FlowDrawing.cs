using System.Globalization;
using Engine.Flows;

namespace Engine.Host;

/// <summary>Draws a flow as SVG. Colours and type stand in the style sheet: the page allows no style of its own.</summary>
internal static class FlowDrawing
{
    /// <param name="current">The name of the step that a run stands at; null for none.</param>
    /// <param name="isEnded">Whether the run ended there.</param>
    /// <param name="visited">The names of the steps that the run entered.</param>
    public static Html Draw(CompiledFlow flow, Words words, string? current = null, bool isEnded = false, IReadOnlySet<string>? visited = null)
    {
        var layout = FlowLayout.Of(FlowGraph.Of(flow, words));
        var marked = current is null ? null : StandsAt(flow, current);
        var seen = visited?.Select(name => StandsAt(flow, name)).ToHashSet(StringComparer.Ordinal);
        var label = marked is null
            ? words.Say($"The flow {flow.Name}", $"Схема {flow.Name}")
            : words.Say($"The flow {flow.Name}; the run stands at {marked}", $"Схема {flow.Name}; запуск на шаге {marked}");
        return Html.Of($"""
            <div class="drawing" tabindex="0">
            <svg width="{N(layout.Width)}" height="{N(layout.Height)}" viewBox="0 0 {N(layout.Width)} {N(layout.Height)}" role="img" aria-label="{label}">
              <defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 8 4 0 8z"/></marker></defs>
              {layout.Edges.Select((edge, i) => Edge(edge, layout, i))}
              {layout.Nodes.Select(node => Node(node, node.Node.Title == marked, isEnded, seen?.Contains(node.Node.Title) == true))}
              {layout.Edges.Select((edge, i) => Label(edge, layout, i))}
            </svg>
            </div>
            """);
    }

    /// <summary>A run stands at what is drawn, or at a step that leads there.</summary>
    private static string StandsAt(CompiledFlow flow, string name)
    {
        for (var index = 0; index < flow.Steps.Length; index++)
        {
            if (flow.Steps[index].Name == name) return flow.Steps[FlowGraph.Land(flow, index)].Name;
        }

        return name;
    }

    private static Html Node(PlacedNode placed, bool isCurrent, bool isEnded, bool isVisited)
    {
        var (node, x, y) = (placed.Node, placed.X - (FlowLayout.BoxWidth / 2), placed.Y);
        var mark = isCurrent ? isEnded ? "current ended" : "current" : isVisited ? "visited" : "";
        return Html.Of($"""
            <g class="node {node.Kind} {mark}">
              <title>{node.Title}: {node.What}</title>
              <rect x="{N(x)}" y="{N(y)}" width="{N(FlowLayout.BoxWidth)}" height="{N(placed.Height)}" rx="10"/>
              <text class="name" x="{N(x + 12)}" y="{N(y + 19)}">{Cut(node.Title, 21)}</text>
              <text class="verb" x="{N(x + FlowLayout.BoxWidth - 12)}" y="{N(y + 19)}">{node.Kind}</text>
              <text class="what" x="{N(x + 12)}" y="{N(y + 36)}">{Cut(node.What, 37)}</text>
              {node.Exits.Select((exit, i) => Html.Of($"<text class=\"exit\" x=\"{N(x + 12)}\" y=\"{N(y + 53 + (i * FlowLayout.LineHeight))}\"><title>{exit}</title>{Cut(exit, 36)}</text>"))}
            </g>
            """);
    }

    private static Html Edge(PlacedEdge placed, FlowLayout layout, int number)
    {
        var points = placed.Points;
        if (placed.GoesBack)
        {
            var far = layout.Width - 14 - (number % 4 * 12); // the curve comes three quarters of the way there
            return Html.Of($"""
                <path class="way back" marker-end="url(#arrow)" d="M{N(points[0].X)} {N(points[0].Y)} C{N(far)} {N(points[0].Y)} {N(far)} {N(points[1].Y)} {N(points[1].X)} {N(points[1].Y)}"/>
                """);
        }

        var path = new System.Text.StringBuilder($"M{N(points[0].X)} {N(points[0].Y)}");
        for (var i = 1; i < points.Length; i += 2)
        {
            var ((x1, y1), (x2, y2)) = (points[i - 1], points[i]);
            var bend = (y2 - y1) / 2;
            path.Append(CultureInfo.InvariantCulture, $" C{N(x1)} {N(y1 + bend)} {N(x2)} {N(y2 - bend)} {N(x2)} {N(y2)}");
            if (i + 1 < points.Length) path.Append(CultureInfo.InvariantCulture, $" L{N(points[i + 1].X)} {N(points[i + 1].Y)}");
        }

        return Html.Of($"""<path class="way" marker-end="url(#arrow)" d="{path.ToString()}"/>""");
    }

    // Where a way begins, beside what it is chosen by; with several from one box, each a little towards where it goes.
    private static Html Label(PlacedEdge placed, FlowLayout layout, int number)
    {
        if (placed.Edge.Label.Length == 0) return Html.Empty;
        var ((x1, y1), (x2, y2)) = (placed.Points[0], placed.Points[1]);
        var (x, y) = placed.GoesBack
            ? (Math.Max(x1, x2) + ((layout.Width - 14 - (number % 4 * 12) - Math.Max(x1, x2)) * 0.75), (y1 + y2) / 2)
            : (x1 + ((x2 - x1) * 0.62), y1 + ((y2 - y1) * 0.62) + 4);
        return Html.Of($"""<text class="label" x="{N(x)}" y="{N(y)}"><title>{placed.Edge.Label}</title>{Cut(placed.Edge.Label, 30)}</text>""");
    }

    private static string Cut(string text, int most) => text.Length <= most ? text : text[..(most - 1)] + "…";

    private static string N(double number) => number.ToString("0.#", CultureInfo.InvariantCulture);
}
