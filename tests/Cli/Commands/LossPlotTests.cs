using Juxta.Cli.Commands;
using Juxta.Training.Output;

namespace Juxta.CliTests.Commands;

public sealed class LossPlotTests
{
    static LossPoint[] Line(int steps, Func<int, double> loss) => [.. Enumerable.Range(1, steps).Select(step => new LossPoint(step, loss(step)))];

    [Fact]
    public void A_falling_loss_goes_from_the_upper_left_to_the_lower_right()
    {
        IReadOnlyList<string> plot = LossPlot.Draw(Line(8, step => 9 - step), [], columns: 4, rows: 2);
        // Eight steps, eight dots across and eight down: one further each, and each joined with the one before.
        Assert.Equal(["8.000 ┤⠙⢦⡀⠀", "1.000 ┤⠀⠀⠙⢦", "       1  8"], plot);
    }

    [Fact]
    public void Held_out_losses_are_circles_and_are_named()
    {
        IReadOnlyList<string> plot = LossPlot.Draw(Line(10, _ => 2), [new LossPoint(1, 3), new LossPoint(10, 1)], columns: 5, rows: 3);
        Assert.Equal('○', plot[0][7]);
        Assert.Equal('○', plot[2][^1]);
        Assert.EndsWith("○ held out", plot[3], StringComparison.Ordinal);
        Assert.DoesNotContain('○', plot[1]);
    }

    [Fact]
    public void What_is_no_number_is_left_out_and_nothing_gives_nothing()
    {
        Assert.Empty(LossPlot.Draw([], [], 10, 4));
        Assert.Empty(LossPlot.Draw([new LossPoint(1, double.NaN)], [], 10, 4));
        IReadOnlyList<string> plot = LossPlot.Draw([new LossPoint(1, 2), new LossPoint(2, double.PositiveInfinity), new LossPoint(3, 2)], [], 10, 4);
        Assert.StartsWith("2.000 ┤", plot[0], StringComparison.Ordinal);
        Assert.Equal(5, plot.Count);
        Assert.Single(LossPlot.Draw([new LossPoint(7, 1.5)], [], 10, 1)[0].Skip(7), cell => cell != '⠀');
    }
}
