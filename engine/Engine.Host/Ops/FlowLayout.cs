using System.Collections.Immutable;

namespace Engine.Host;

/// <summary>A step's box, by its middle and its upper edge.</summary>
internal sealed record PlacedNode(GraphNode Node, double X, double Y, double Height);

/// <summary>A way's points, from the lower edge of one box to the upper edge of the other; one that goes back has only those two, at the sides.</summary>
internal sealed record PlacedEdge(GraphEdge Edge, ImmutableArray<(double X, double Y)> Points, bool GoesBack);

/// <summary>
/// Puts a flow's steps in rows: each below all that lead to it, ways back left out. Within a row they stand in the order of what they come from, so
/// that ways cross little (the usual method for layered graphs: longest path, barycentres).
/// </summary>
internal sealed class FlowLayout
{
    public const double BoxWidth = 232;
    public const double LineHeight = 17;
    private const double Gap = 30;
    private const double WayWidth = 14;
    private const double RowGap = 46;
    private const int Sweeps = 6;

    private readonly FlowGraph graph;
    private readonly Dictionary<int, int> rowOf = [];
    private readonly HashSet<GraphEdge> back = [];
    private readonly List<List<Spot>> rows = [];
    private readonly Dictionary<GraphEdge, List<Spot>> chains = [];

    private FlowLayout(FlowGraph graph) => this.graph = graph;

    public double Width { get; private set; }

    public double Height { get; private set; }

    public ImmutableArray<PlacedNode> Nodes { get; private set; } = [];

    public ImmutableArray<PlacedEdge> Edges { get; private set; } = [];

    public static double HeightOf(GraphNode node) => 46 + (node.Exits.Length * LineHeight);

    public static FlowLayout Of(FlowGraph graph)
    {
        var layout = new FlowLayout(graph);
        layout.FindWaysBack();
        layout.ChooseRows();
        layout.FillRows();
        layout.Order();
        layout.Align();
        layout.Place();
        return layout;
    }

    // From every step, since not each is reached from the first by a drawn way; and rows exist only where nothing goes round.
    private void FindWaysBack()
    {
        HashSet<int> seen = [];
        foreach (var node in graph.Nodes.Where(node => !seen.Contains(node.Index))) FindWaysBack(node.Index, [], seen);
    }

    private void FindWaysBack(int node, HashSet<int> above, HashSet<int> seen)
    {
        seen.Add(node);
        above.Add(node);
        foreach (var edge in graph.Edges.Where(edge => edge.From == node))
        {
            if (above.Contains(edge.To)) back.Add(edge);
            else if (!seen.Contains(edge.To)) FindWaysBack(edge.To, above, seen);
        }

        above.Remove(node);
    }

    private void ChooseRows()
    {
        foreach (var node in graph.Nodes) rowOf[node.Index] = 0;
        for (var hasMoved = true; hasMoved;)
        {
            hasMoved = false;
            foreach (var edge in graph.Edges.Where(edge => !back.Contains(edge) && rowOf[edge.To] <= rowOf[edge.From]))
            {
                rowOf[edge.To] = rowOf[edge.From] + 1;
                hasMoved = true;
            }
        }
    }

    // A way over several rows gets a spot in each between, so that no box stands on it.
    private void FillRows()
    {
        for (var row = 0; row <= rowOf.Values.Max(); row++) rows.Add([]);
        var spots = graph.Nodes.ToDictionary(node => node.Index, node => new Spot(node));
        foreach (var node in graph.Nodes) rows[rowOf[node.Index]].Add(spots[node.Index]);
        foreach (var edge in graph.Edges.Where(edge => !back.Contains(edge)))
        {
            List<Spot> chain = [spots[edge.From]];
            for (var row = rowOf[edge.From] + 1; row < rowOf[edge.To]; row++)
            {
                var spot = new Spot(null);
                rows[row].Add(spot);
                chain.Add(spot);
            }

            chain.Add(spots[edge.To]);
            for (var i = 1; i < chain.Count; i++)
            {
                chain[i - 1].Below.Add(chain[i]);
                chain[i].Above.Add(chain[i - 1]);
            }

            chains[edge] = chain;
        }
    }

    private void Order()
    {
        foreach (var row in rows) Number(row);
        for (var sweep = 0; sweep < Sweeps; sweep++)
        {
            var isDown = sweep % 2 == 0;
            foreach (var row in isDown ? rows : Enumerable.Reverse(rows))
            {
                var sorted = row.OrderBy(spot => Mean(isDown ? spot.Above : spot.Below, near => near.Order) ?? spot.Order).ToList();
                row.Clear();
                row.AddRange(sorted);
                Number(row);
            }
        }

        static void Number(List<Spot> row)
        {
            for (var i = 0; i < row.Count; i++) row[i].Order = i - ((row.Count - 1) / 2.0);
        }
    }

    // Each box goes to the middle of what it hangs on, as far as its neighbours leave room.
    private void Align()
    {
        foreach (var row in rows) Spread(row, _ => 0);
        for (var sweep = 0; sweep < Sweeps * 2; sweep++)
        {
            var isDown = sweep % 2 == 0;
            foreach (var row in isDown ? rows : Enumerable.Reverse(rows))
            {
                Spread(row, spot => Mean(isDown ? spot.Above : spot.Below, near => near.X) ?? spot.X);
            }
        }
    }

    private static void Spread(List<Spot> row, Func<Spot, double> wish)
    {
        var wishes = row.Select(wish).ToArray();
        for (var i = 0; i < row.Count; i++)
        {
            row[i].X = i == 0 ? wishes[0] : Math.Max(wishes[i], row[i - 1].X + ((row[i - 1].Width + row[i].Width) / 2) + Gap);
        }

        var shift = row.Select((spot, i) => wishes[i] - spot.X).DefaultIfEmpty(0).Average();
        foreach (var spot in row) spot.X += shift;
    }

    private void Place()
    {
        var least = rows.SelectMany(row => row).Min(spot => spot.X - (spot.Width / 2));
        var most = rows.SelectMany(row => row).Max(spot => spot.X + (spot.Width / 2));
        var y = 8.0;
        foreach (var row in rows)
        {
            var height = row.Max(spot => spot.Node is { } node ? HeightOf(node) : 0);
            foreach (var spot in row) (spot.X, spot.Top, spot.RowHeight) = (spot.X - least + 12, y, height);
            y += height + RowGap;
        }

        var placed = rows.SelectMany(row => row).Where(spot => spot.Node is not null).ToDictionary(spot => spot.Node?.Index ?? -1);
        Nodes = [.. placed.Values.Select(spot => spot.Node is { } node ? new PlacedNode(node, spot.X, spot.Top, HeightOf(node)) : throw new InvalidOperationException())];
        Edges =
        [
            .. chains.Select(pair => new PlacedEdge(pair.Key, [.. pair.Value.SelectMany((spot, i) => PointsOf(spot, i == 0, i == pair.Value.Count - 1))], false)),
            .. back.Select(edge => new PlacedEdge(edge, [Side(placed[edge.From]), Side(placed[edge.To])], true)),
        ];
        Width = most - least + 24 + (back.Count > 0 ? 40 + (back.Count * 14) : 0);
        Height = y - RowGap + 8;
    }

    private static IEnumerable<(double X, double Y)> PointsOf(Spot spot, bool isFirst, bool isLast)
    {
        if (isFirst) return [(spot.X, spot.Top + HeightOf(spot))];
        return isLast ? [(spot.X, spot.Top)] : [(spot.X, spot.Top), (spot.X, spot.Top + spot.RowHeight)];
    }

    private static double HeightOf(Spot spot) => spot.Node is { } node ? HeightOf(node) : spot.RowHeight;

    private static (double X, double Y) Side(Spot spot) => (spot.X + (spot.Width / 2), spot.Top + 23);

    private static double? Mean(List<Spot> spots, Func<Spot, double> of) => spots.Count == 0 ? null : spots.Average(of);

    /// <summary>A place in a row: a box, or where a longer way passes.</summary>
    private sealed class Spot(GraphNode? node)
    {
        public GraphNode? Node => node;

        public double Width => node is null ? WayWidth : BoxWidth;

        public double Order { get; set; }

        public double X { get; set; }

        public double Top { get; set; }

        public double RowHeight { get; set; }

        public List<Spot> Above { get; } = [];

        public List<Spot> Below { get; } = [];
    }
}
