package lab

import (
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"

	"github.com/ganlet/ganlet/cmd/internal/verdict"
	"github.com/ganlet/ganlet/gan"
)

func convergence() Experiment {
	return Experiment{
		Name: "convergence",
		See:  "Two players of one weight each, theta of the generator and psi of the discriminator, circle around their equilibrium and slowly leave it; the mean of all weights so far goes to it, and with R1 the players do.",
		Why:  "Each player's step is right for where the other was: near the equilibrium the game turns, it does not fall, and steps of any size that both make at once lead outwards.",
		Cure: "A penalty on the discriminator's slope at real data, --r1, brakes the turning; an average of the generator's weights, --average, is still where they circle.",
		run:  runConvergence,
	}
}

const duelSteps, duelSize, duelGamma = 1200, 0.025, 1

func runConvergence() (*Outcome, error) {
	plain, braked := play(duelSteps, duelSize, 0), play(duelSteps, duelSize, duelGamma)
	return &Outcome{
		Bad:  plain.side("plain simultaneous steps", 0),
		Good: braked.side("the same with R1", duelGamma),
		rows: []row{
			{bad: plain.plane(0), good: braked.plane(duelGamma)},
			{bad: plain.thetas(), good: braked.thetas()},
			{bad: losses(plain.log), good: losses(braked.log)},
		},
	}, nil
}

func (d duel) side(title string, gamma float64) Side {
	return Side{
		Title: title, Verdict: verdict.Of(gan.Config{Arch: "mlp", Loss: gan.Wasserstein, R1: gamma, LR: duelSize, Average: 1}, d.log),
		Figures: map[string]float64{"distance": d.way[len(d.way)-1].distance(), "distance_of_mean": d.mean[len(d.mean)-1].distance()},
	}
}

// plane is the ways of the players, and where the game drives them.
func (d duel) plane(gamma float64) *plot.Plot {
	p := square("the players orange, their mean so far blue", "theta, the generated point", "psi, the slope of D")
	p.Add(arrows{drift{gamma}, 1})
	points := func(way []state) (xy plotter.XYs) {
		for _, s := range way {
			xy = append(xy, plotter.XY{X: s.theta, Y: s.psi})
		}
		return xy
	}
	line(p, orange, points(d.way))
	line(p, blue, points(d.mean))
	dots(p, dark, 3, plotter.XYs{{}})
	return p
}

// thetas is what is generated, over the steps.
func (d duel) thetas() *plot.Plot {
	p := newPlot("the generated point; the data is at 0", "step", "theta")
	now, mean := make(plotter.XYs, len(d.way)), make(plotter.XYs, len(d.way))
	for i := range d.way {
		now[i], mean[i] = plotter.XY{X: float64(i), Y: d.way[i].theta}, plotter.XY{X: float64(i), Y: d.mean[i].theta}
	}
	line(p, orange, now)
	line(p, blue, mean)
	return p
}

// drift is the game's vector field.
type drift struct{ gamma float64 }

const driftSide = 15

func (drift) dims() (columns, rows int) { return driftSide, driftSide }
func (drift) x(i int) float64           { return reach * (float64(2*i+1)/driftSide - 1) }
func (d drift) y(i int) float64         { return d.x(i) }

func (d drift) vector(i, j int) (dx, dy float64) {
	v := state{d.x(i), d.y(j)}.direction(d.gamma)
	return v.theta, v.psi
}
