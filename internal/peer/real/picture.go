package main

import (
	"context"
	"fmt"
	"image"
	_ "image/png" // the format of the photograph
	"math"
	"os"
	"path/filepath"
)

// This file is what the models are given: a photograph, or lines of digits.

// planes is a picture: three colours from 0 to 255, each row by row.
type planes struct {
	h, w   int
	colour [3][]float32
}

func newPlanes(h, w int) planes {
	p := planes{h: h, w: w}
	for c := range p.colour {
		p.colour[c] = make([]float32, h*w)
	}
	return p
}

// normalised is the picture as [1, 3, H, W], with a mean and a deviation for each colour.
func (p planes) normalised(mean, deviation [3]float32) []float32 {
	var x []float32
	for c, plane := range p.colour {
		for _, v := range plane {
			x = append(x, (v-mean[c])/deviation[c])
		}
	}
	return x
}

// centred is the photograph as [1, 3, H, W].
func centred(mean, deviation float32) func(context.Context, *cache, []int) ([]float32, error) {
	return func(ctx context.Context, c *cache, shape []int) ([]float32, error) {
		p, err := photograph(ctx, c, shape[2], shape[3])
		if err != nil {
			return nil, err
		}
		return p.normalised([3]float32{mean, mean, mean}, [3]float32{deviation, deviation, deviation}), nil
	}
}

// colours is the photograph as [1, H, W, 3], from 0 to 255.
func colours(ctx context.Context, c *cache, shape []int) ([]float32, error) {
	p, err := photograph(ctx, c, shape[1], shape[2])
	if err != nil {
		return nil, err
	}
	var x []float32
	for i := range p.h * p.w {
		x = append(x, p.colour[0][i], p.colour[1][i], p.colour[2][i])
	}
	return x, nil
}

// photograph is the flower that the upscaler's package comes with, scaled.
func photograph(ctx context.Context, c *cache, h, w int) (planes, error) {
	folder, err := c.install(ctx, upscalerModel)
	if err != nil {
		return planes{}, err
	}
	path := filepath.Join(folder, "assets", "fixture.png")
	f, err := os.Open(path)
	if err != nil {
		return planes{}, err
	}
	defer f.Close()
	m, _, err := image.Decode(f)
	if err != nil {
		return planes{}, fmt.Errorf("%s: %w", path, err)
	}
	return scaled(m, h, w), nil
}

// scaled is an image in another size, bilinear between its pixels' centres.
func scaled(m image.Image, h, w int) planes {
	b, p := m.Bounds(), newPlanes(h, w)
	at := func(c, y, x int) float32 {
		x, y = b.Min.X+min(max(x, 0), b.Dx()-1), b.Min.Y+min(max(y, 0), b.Dy()-1)
		red, green, blue, _ := m.At(x, y).RGBA()
		return float32([3]uint32{red, green, blue}[c] >> 8)
	}
	for i := range h * w {
		fy := (float64(i/w)+.5)*float64(b.Dy())/float64(h) - .5
		fx := (float64(i%w)+.5)*float64(b.Dx())/float64(w) - .5
		y, x := int(math.Floor(fy)), int(math.Floor(fx))
		dy, dx := float32(fy-math.Floor(fy)), float32(fx-math.Floor(fx))
		for c := range p.colour {
			upper := at(c, y, x)*(1-dx) + at(c, y, x+1)*dx
			lower := at(c, y+1, x)*(1-dx) + at(c, y+1, x+1)*dx
			p.colour[c][i] = upper*(1-dy) + lower*dy
		}
	}
	return p
}

// digits are drawn in 5x7 squares, row by row.
var digits = [10]string{
	".###.#...##..###.#.###..##...#.###.", "..#...##....#....#....#....#...###.", ".###.#...#....#...#...#...#...#####",
	".###.#...#....#..##.....##...#.###.", "...#...##..#.#.#..#.#####...#....#.", "######....####.....#....##...#.###.",
	".###.#....####.#...##...##...#.###.", "#####....#...#...#...#....#....#...", ".###.#...##...#.###.#...##...#.###.",
	".###.#...##...#.####....#...#..##..",
}

// lines is dark digits on a bright ground that grows darker to the right, as [1, 3, H, W], from -1 to 1. A square of a digit is scale pixels
// wide.
func lines(scale int) func(context.Context, *cache, []int) ([]float32, error) {
	return func(_ context.Context, _ *cache, shape []int) ([]float32, error) {
		p := newPlanes(shape[2], shape[3])
		for i := range p.h * p.w {
			y, x := i/p.w/scale, i%p.w/scale
			row, column := y/12, x/7
			y, x = y%12-2, x%7-1
			ink := y >= 0 && y < 7 && x >= 0 && x < 5 && digits[(3*row+column)%10][5*y+x] == '#'
			for c := range p.colour {
				p.colour[c][i] = 240 - 60*float32(i%p.w)/float32(p.w) - float32(5*c)
				if ink {
					p.colour[c][i] = 30 + float32(10*c)
				}
			}
		}
		return p.normalised([3]float32{127.5, 127.5, 127.5}, [3]float32{127.5, 127.5, 127.5}), nil
	}
}
