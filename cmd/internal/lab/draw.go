package lab

import (
	"image/color"
	"io"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
)

// This file is a picture: rows of two plots that share their axes, the bad side
// at the left.

// A row is two plots of one kind.
type row struct {
	bad, good *plot.Plot
	own       bool // each has axes of its own
}

// Sizes of the picture.
const (
	plotWidth, plotHeight = 3.4 * vg.Inch, 3.25 * vg.Inch
	headHeight            = 0.35 * vg.Inch
	dpi                   = 96
)

func drawRows(w io.Writer, bad, good string, rows []row) error {
	plots := make([][]*plot.Plot, len(rows))
	for i, r := range rows {
		if !r.own {
			share(r.bad, r.good)
		}
		plots[i] = []*plot.Plot{r.bad, r.good}
	}
	height := headHeight + plotHeight*vg.Length(len(rows))
	img := vgimg.NewWith(vgimg.UseWH(2*plotWidth, height), vgimg.UseDPI(dpi), vgimg.UseBackgroundColor(color.White))
	all := draw.New(img)
	style := plots[0][0].Title.TextStyle
	style.Font.Size, style.XAlign, style.YAlign = font.Points(13), draw.XCenter, draw.YCenter
	for i, title := range []string{bad, good} {
		all.FillText(style, vg.Point{X: plotWidth * (vg.Length(i) + 0.55), Y: height - headHeight/2}, title)
	}
	const pad = 0.06 * vg.Inch
	tiles := draw.Tiles{Rows: len(rows), Cols: 2, PadX: 2 * pad, PadY: 2 * pad, PadLeft: pad, PadRight: 3 * pad, PadTop: headHeight, PadBottom: pad}
	for i, canvases := range plot.Align(plots, tiles, all) {
		for j, c := range canvases {
			plots[i][j].Draw(c)
		}
	}
	_, err := vgimg.PngCanvas{Canvas: img}.WriteTo(w)
	return err
}

// share gives both plots axes that have room for either.
func share(a, b *plot.Plot) {
	for _, axes := range [][2]*plot.Axis{{&a.X, &b.X}, {&a.Y, &b.Y}} {
		low, high := math.Min(axes[0].Min, axes[1].Min), math.Max(axes[0].Max, axes[1].Max)
		for _, axis := range axes {
			axis.Min, axis.Max = low, high
		}
	}
}

// newPlot is an empty plot.
func newPlot(title, x, y string) *plot.Plot {
	p := plot.New()
	p.Title.Text, p.X.Label.Text, p.Y.Label.Text = title, x, y
	return p
}

// square is an empty plot of the plane up to reach.
func square(title, x, y string) *plot.Plot {
	p := newPlot(title, x, y)
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = -reach, reach, -reach, reach
	return p
}

// The colours: blue of the discriminator and of means, orange of the generator and
// its samples, grey or dark of the data.
var (
	blue   = color.RGBA{R: 0x1f, G: 0x5f, B: 0xa8, A: 0xff}
	orange = color.RGBA{R: 0xd9, G: 0x5f, B: 0x02, A: 0xff}
	dark   = color.RGBA{R: 0x22, G: 0x22, B: 0x22, A: 0xff}
	grey   = color.RGBA{R: 0x99, G: 0x99, B: 0x99, A: 0xff}
)
