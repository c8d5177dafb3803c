using Engine.Host;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Engine.Hangfire;

public sealed class HangfireExtension : IEngineExtension
{
    public string Name => "hangfire";
    public void AddTo(IServiceCollection services, EngineOptions options) { }
    public void Map(WebApplication app) { }
}
