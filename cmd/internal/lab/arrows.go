package lab

import (
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// This file draws a field of vectors as arrows.

// A field is vectors at the places of a grid.
type field interface {
	dims() (columns, rows int)
	x(column int) float64
	y(row int) float64
	vector(column, row int) (dx, dy float64)
}

// arrows is a plotter of a field. A vector of the length longest reaches as far as
// the next place; longer ones are cut to that.
type arrows struct {
	field
	longest float64
}

func (a arrows) Plot(c draw.Canvas, p *plot.Plot) {
	toX, toY := p.Transforms(&c)
	columns, rows := a.dims()
	gap := math.Min(float64(toX(a.x(1))-toX(a.x(0))), float64(toY(a.y(1))-toY(a.y(0))))
	style := draw.LineStyle{Color: dark, Width: vg.Points(0.6)}
	for i := range columns {
		for j := range rows {
			dx, dy := a.vector(i, j)
			n := math.Hypot(dx, dy)
			size := gap * math.Min(1, n/a.longest)
			if size < 0.5 {
				continue // too short to be seen
			}
			from := vg.Point{X: toX(a.x(i)), Y: toY(a.y(j))}
			along := func(length, across float64) vg.Point {
				return vg.Point{X: from.X + vg.Length((dx*length-dy*across)/n), Y: from.Y + vg.Length((dy*length+dx*across)/n)}
			}
			head := math.Min(2.5, size/2)
			c.StrokeLines(style, []vg.Point{from, along(size, 0)}, []vg.Point{along(size-head, head/2), along(size, 0), along(size-head, -head/2)})
		}
	}
}
