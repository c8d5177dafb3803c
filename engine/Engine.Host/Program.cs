using System.CommandLine;
using Engine.Host;

var root = new RootCommand("Runs provider login flows written in YAML.")
{
    ServeCommand.Create(), CheckCommand.Create(), ExplainCommand.Create(), TestCommand.Create(), RunCommand.Create(), PluginCommand.Create(), KeyCommand.Create(),
};
ServeCommand.AddTo(root);
return await CommandLine.RunAsync(root, args, Console.Out, Console.Error, CancellationToken.None);
