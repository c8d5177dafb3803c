using Engine.Host;
using Hangfire;
using Hangfire.Common;
using Hangfire.PostgreSql;
using Hangfire.PostgreSql.Factories;
using Hangfire.Server;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Engine.Hangfire;

/// <summary>
/// Runs the engine's pump and its outgoing work under Hangfire, over the engine's own PostgreSQL. What Hangfire keeps is a projection: the rows
/// of the engine's store are the truth, and every row of Hangfire's may be deleted at any time.
/// </summary>
public sealed class HangfireExtension : IEngineExtension
{
    /// <summary>Where the dashboard is.</summary>
    public const string DashboardPath = "/hangfire";

    public string Name => "hangfire";

    public void AddTo(IServiceCollection services, EngineOptions options)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(options);
        var server = options.Store ?? throw new EngineStartException("Hangfire needs PostgreSQL: give --store, or --hangfire off");

        DashboardParts.Register();
        services.AddHttpContextAccessor();
        services.AddSingleton<JobStorage>(_ => NewStorage(server.ConnectionString));
        services.AddSingleton<IJobFilterProvider>(provider => new EngineJobFilters(
            () => provider.GetRequiredService<EmbeddedEngine>(), provider.GetRequiredService<IHttpContextAccessor>()));
        services.AddSingleton<JobActivator>(provider => new global::Hangfire.AspNetCore.AspNetCoreJobActivator(provider.GetRequiredService<IServiceScopeFactory>()));
        services.AddSingleton<RunProjection>();
        services.AddSingleton<WorkQueue>();
        services.AddSingleton<IBackgroundProcess, PumpProcess>();
        services.AddSingleton<IBackgroundProcess, WorkProcess>();
        services.AddSingleton<IBackgroundProcess, ProjectionProcess>();
        services.AddSingleton<IBackgroundProcess, RecurringJobs>();
        services.AddTransient(provider => new Sweeps(
            provider.GetRequiredService<EmbeddedEngine>(), provider.GetRequiredService<RunProjection>(), provider.GetRequiredService<WorkQueue>()));
        services.AddHangfire((provider, hangfire) => hangfire
            .UseLogProvider(new HostLog(provider.GetRequiredService<ILoggerFactory>()))
            .SetDataCompatibilityLevel(CompatibilityLevel.Version_180)
            .UseSimpleAssemblyNameTypeSerializer()
            .UseRecommendedSerializerSettings());
        services.AddHangfireServer(SetServer);
    }

    public void Map(WebApplication app) => DashboardParts.Map(app);

    // Measured: scheduler.md's figures of failover are with these. The defaults leave a killed server's jobs for 30 minutes and can stop every
    // delayed job of all servers for 10.
    private static PostgreSqlStorage NewStorage(string connectionString)
    {
        var options = new PostgreSqlStorageOptions
        {
            QueuePollInterval = TimeSpan.FromSeconds(1),
            UseSlidingInvisibilityTimeout = true,
            InvisibilityTimeout = TimeSpan.FromSeconds(30),
            DistributedLockTimeout = TimeSpan.FromSeconds(30),
            JobExpirationCheckInterval = TimeSpan.FromMinutes(10),
        };
        return new PostgreSqlStorage(new NpgsqlConnectionFactory(connectionString, options), options);
    }

    private static void SetServer(BackgroundJobServerOptions options)
    {
        options.Queues = [WorkQueue.Name];
        options.WorkerCount = 10;
        options.SchedulePollingInterval = TimeSpan.FromSeconds(1);
        options.HeartbeatInterval = TimeSpan.FromSeconds(10);

        // A server that could not say for so long that it lives starts anew, and then the pump waits for the next try, 15 s at worst: no sooner than
        // any ordinary outage of the database is over. Jobs of a dead server do not wait for it.
        options.ServerTimeout = TimeSpan.FromMinutes(10);
        options.ServerCheckInterval = TimeSpan.FromMinutes(1);
        options.StopTimeout = TimeSpan.FromSeconds(5);
        options.ShutdownTimeout = TimeSpan.FromSeconds(15);
    }
}
