using Engine.Runs;
using Engine.Sdk;
using Xunit;

namespace Engine.Tests;

/// <summary>R-79: what is made again stays within a tenth of what is made.</summary>
public sealed class RetryBudgetTests
{
    private readonly LabTime time = new();

    [Fact]
    public void R79_a_provider_that_fails_for_everybody_gets_a_tenth_more_calls_and_not_several_times_as_many()
    {
        var budget = new RetryBudget(time);
        var again = 0;
        for (var call = 0; call < 10_000; call++)
        {
            Assert.True(budget.Take("down", isRetry: false));
            for (var retry = 0; retry < 2; retry++) again += budget.Take("down", isRetry: true) ? 1 : 0;
        }

        Assert.InRange(again, 1_000, 1_011);
    }

    [Fact]
    public void R79_a_provider_that_is_seldom_called_has_retries_and_gets_them_back_with_time()
    {
        var budget = new RetryBudget(time);
        for (var retry = 0; retry < 10; retry++) Assert.True(budget.Take("rare", isRetry: true));
        Assert.False(budget.Take("rare", isRetry: true));
        Assert.True(budget.Take("other", isRetry: true));

        time.Advance(25);

        Assert.True(budget.Take("rare", isRetry: true));
        Assert.True(budget.Take("rare", isRetry: true));
        Assert.False(budget.Take("rare", isRetry: true));
        time.Advance(100_000);
        Assert.Equal(10, Enumerable.Range(0, 100).Count(_ => budget.Take("rare", isRetry: true)));
    }

    [Fact]
    public async Task R79_a_run_says_which_of_its_calls_are_made_again()
    {
        var flow = new LabFlow();
        flow.Steps.AddRange([LabSteps.Call(LabFlow.Look, 1), LabSteps.Done]);
        await using var engine = await LabEngine.NewAsync(flow);
        await engine.StartAsync();
        var retries = new List<bool>();

        var work = engine.WorkAsync();
        await FailAsync(Failures.ProviderDown);
        await FailAsync(Failures.RateLimited);
        var last = await NextAsync();
        last.Answer(new Seen("done"));
        await work;

        Assert.Equal([false, true, false], retries);

        async Task FailAsync(string code) => (await NextAsync()).Fail(code);

        async Task<LabCall> NextAsync()
        {
            var coming = engine.CallAsync();
            while (!coming.IsCompleted)
            {
                await Task.WhenAny(coming, Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System));
                if (coming.IsCompleted) break;
                engine.Time.Advance(1);
                if (work.IsCompleted) work = engine.WorkAsync();
            }

            var call = await coming;
            retries.Add(call.Call.IsRetry);
            return call;
        }
    }
}
