package lab

import (
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/ganlet/ganlet/cmd/internal/verdict"
	"github.com/ganlet/ganlet/gan"
	"github.com/ganlet/ganlet/gan/metric"
)

// This file is the kinds of plots.

// A curve is a figure of a log.
type curve struct {
	color color.Color
	of    func(verdict.Line) float64
}

// losses is both players' over the steps.
func losses(log []verdict.Line) *plot.Plot {
	p := newPlot("losses: discriminator blue, generator orange", "step", "")
	curves(p, log, []curve{
		{blue, func(l verdict.Line) float64 { return l.LossD }},
		{orange, func(l verdict.Line) float64 { return l.LossG }},
	})
	return p
}

// curves draws figures over the steps of a log.
func curves(p *plot.Plot, log []verdict.Line, figures []curve) {
	for _, f := range figures {
		points := make(plotter.XYs, 0, len(log))
		for _, l := range log {
			points = append(points, plotter.XY{X: float64(l.Step), Y: f.of(l)})
		}
		line(p, f.color, points)
	}
}

func line(p *plot.Plot, c color.Color, points plotter.XYs) {
	p.Add(&plotter.Line{XYs: points, LineStyle: draw.LineStyle{Color: c, Width: vg.Points(1.2)}})
}

func dots(p *plot.Plot, c color.Color, size float64, points plotter.XYs) {
	p.Add(&plotter.Scatter{XYs: points, GlyphStyle: draw.GlyphStyle{Color: c, Radius: vg.Points(size), Shape: draw.CircleGlyph{}}})
}

// centres are the modes of the ring.
func centres() (points plotter.XYs) {
	for _, c := range metric.Ring8().Centres {
		points = append(points, plotter.XY{X: c[0], Y: c[1]})
	}
	return points
}

// samplesPlot is generated points over the modes.
func samplesPlot(title string, samples []float32) *plot.Plot {
	p := square(title, "", "")
	dots(p, grey, 5, centres())
	points := make(plotter.XYs, len(samples)/2)
	for i := range points {
		points[i] = plotter.XY{X: float64(samples[2*i]), Y: float64(samples[2*i+1])}
	}
	dots(p, orange, 0.8, points)
	return p
}

// surfacePlot is the discriminator's verdicts over the plane, and the gradients,
// downwards, of the generator's loss there.
func (r *training) surfacePlot() *plot.Plot {
	p := square("D: red real, blue not; where it pulls samples", "", "")
	h := plotter.NewHeatMap(verdicts{r.surface}, shades{})
	h.Min, h.Max, h.Rasterized = 0, 1, true
	p.Add(h)
	p.Add(arrows{pulls{r.surface, r.config.Loss}, 1})
	dots(p, dark, 2, centres())
	return p
}

// verdicts are a surface as a heat map sees it.
type verdicts struct{ surface }

func (v verdicts) Dims() (c, r int)   { return v.side, v.side }
func (v verdicts) X(c int) float64    { return v.at(c) }
func (v verdicts) Y(r int) float64    { return v.at(r) }
func (v verdicts) Z(c, r int) float64 { return sigmoid(v.logits[r*v.side+c]) }

// pulls are the gradients that a generator's loss gives its samples, downwards.
type pulls struct {
	surface
	loss string
}

func (pulls) dims() (c, r int) { return fieldSide, fieldSide }

// middle is the grid's column or row of an arrow's.
func (g pulls) middle(i int) int       { return (2*i + 1) * (g.side - 1) / (2 * fieldSide) }
func (g pulls) x(c int) float64        { return g.at(g.middle(c)) }
func (g pulls) y(r int) float64        { return g.at(g.middle(r)) }
func (g pulls) logit(c, r int) float64 { return g.logits[r*g.side+c] }

func (g pulls) vector(c, r int) (dx, dy float64) {
	c, r = g.middle(c), g.middle(r)
	slope := sigmoid(-g.logit(c, r)) // of -softplus(-logit)
	if g.loss == gan.Minimax {
		slope = sigmoid(g.logit(c, r)) // of softplus(logit)
	}
	k := slope / (g.at(2) - g.at(0))
	return k * (g.logit(c+1, r) - g.logit(c-1, r)), k * (g.logit(c, r+1) - g.logit(c, r-1))
}

// shades are from blue, generated, by white to red, real.
type shades struct{}

func (shades) Colors() []color.Color {
	const n = 64
	colors := make([]color.Color, n)
	for i := range colors {
		at := float64(i) / (n - 1)
		fade := func(full, side float64) uint8 { return uint8(255 - (255-full)*math.Max(0, side)) }
		blue, red := 1-2*at, 2*at-1
		colors[i] = color.RGBA{
			R: min(fade(120, blue), fade(240, red)), G: min(fade(165, blue), fade(130, red)), B: min(fade(225, blue), fade(110, red)), A: 255,
		}
	}
	return colors
}

func sigmoid(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
