package infer

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"image"
	"image/color"
	"math"
	"testing"

	"github.com/ganlet/ganlet/internal/kernel"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file tests what surrounds a sample: latents, pictures and the probe.

// identityModel is a model whose output is its input, [N, c, h, w].
func identityModel(t testing.TB, c, h, w int64, metadata ...onnx.Property) *Model {
	s := newSketch(-1, c, h, w)
	s.Metadata = metadata
	return load(t, s.outputs(s.act("Identity", "z")))
}

func TestLatent(t *testing.T) {
	for _, c := range []struct {
		distribution string
		normal       bool
	}{{"", true}, {"normal", true}, {"uniform", false}} {
		m := identityModel(t, 6, 1, 1, onnx.Property{Key: latentDistribution, Value: c.distribution}, onnx.Property{Key: latentDim, Value: "6"})
		l, err := m.Latent(9)
		if err != nil {
			t.Fatal(err)
		}
		got, want := make([]float32, 24), make([]float32, 24)
		l.Fill(got, 5)
		kernel.Latents(want, 9, 5, 6, c.normal)
		sameBits(t, "z", got, want)
		l.Fill(want[:6], 7) // the third of those
		sameBits(t, "z of sample 7", want[:6], got[12:18])
		l.Truncation = 0.7
		short := append(make([]float32, 18), 5) // one more than three samples
		l.Fill(short, 5)
		for i, v := range got[:18] {
			if short[i] != 0.7*v || short[18] != 5 {
				t.Errorf("%s: z[%d] truncated to 0.7 = %v, want %v, and no more written", c.distribution, i, short[i], 0.7*v)
			}
		}
	}
	_, err := identityModel(t, 6, 1, 1, onnx.Property{Key: latentDim, Value: "5"}).Latent(1)
	wantError(t, err, `ganlet.latent.dim is "5", but input "z" has 6`)
	_, err = identityModel(t, 6, 1, 1, onnx.Property{Key: latentDistribution, Value: "cauchy"}).Latent(1)
	wantError(t, err, `"cauchy"`)
}

func TestImageGray(t *testing.T) {
	nan := float32(math.NaN())
	cases := []struct {
		pixelRange string
		in         []float32
		want       []uint8
	}{
		{"", []float32{-1, 1, 0, -3, 3, nan}, []uint8{0, 255, 128, 0, 255, 0}},
		{"Normalized_1_1", []float32{-0.5, 0.5, -1e-9, 1e30, -1e30, 0.999}, []uint8{64, 191, 127, 255, 0, 255}},
		{"Normalized_0_1", []float32{0, 1, 0.5, -1, 2, 0.25}, []uint8{0, 255, 128, 0, 255, 64}},
		{"NominalRange_0_255", []float32{0, 255, 7, 7.5, 7.4, 300}, []uint8{0, 255, 7, 8, 7, 255}},
		{"NominalRange_16_235", []float32{16, 235, 0, 255, 125.5, 17}, []uint8{0, 255, 0, 255, 128, 1}},
	}
	for _, c := range cases {
		m := identityModel(t, 1, 2, 3, onnx.Property{Key: pixelRange, Value: c.pixelRange})
		p, err := m.Image(c.in)
		if err != nil {
			t.Fatal(err)
		}
		g, ok := p.(*image.Gray)
		if !ok || g.Bounds() != image.Rect(0, 0, 3, 2) {
			t.Fatalf("Image is a %T %v, want an *image.Gray of 3x2", p, p.Bounds())
		}
		for i, v := range c.want {
			if g.Pix[i] != v {
				t.Errorf("range %q: %v becomes %d, want %d", c.pixelRange, c.in[i], g.Pix[i], v)
			}
		}
	}
}

func TestImageColor(t *testing.T) {
	planes := []float32{1, -1, -1, 1, 0, 0, -1, 1}
	for _, c := range []struct {
		channels int64
		want     []color.NRGBA
	}{
		{3, []color.NRGBA{{255, 0, 128, 255}, {0, 255, 128, 255}}},
		{4, []color.NRGBA{{255, 0, 128, 0}, {0, 255, 128, 255}}},
	} {
		p, err := identityModel(t, c.channels, 1, 2).Image(planes[:2*c.channels])
		if err != nil {
			t.Fatal(err)
		}
		for x, want := range c.want {
			if got := p.At(x, 0); got != want {
				t.Errorf("%d channels: pixel %d is %v, want %v", c.channels, x, got, want)
			}
		}
	}
}

func TestImageErrors(t *testing.T) {
	_, err := identityModel(t, 2, 2, 2).Image(make([]float32, 8))
	wantError(t, err, "1, 3 or 4 channels")
	_, err = identityModel(t, 1, 2, 2).Image(make([]float32, 5))
	wantError(t, err, "5 values, want 4")
	_, err = identityModel(t, 1, 2, 2, onnx.Property{Key: pixelRange, Value: "Loud"}).Image(make([]float32, 4))
	wantError(t, err, `"Loud"`)
	_, err = identityModel(t, 3, 2, 2, onnx.Property{Key: pixelFormat, Value: "Bgr8"}).Image(make([]float32, 12))
	wantError(t, err, "red before blue")
}

// The probe is the hash of what kernel.Latents gives, through the model.
func TestVerify(t *testing.T) {
	z := make([]float32, 4*6)
	kernel.Latents(z, 11, 0, 6, false)
	var raw []byte
	for _, v := range z {
		raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(v))
	}
	sum := sha256.Sum256(raw)
	probe := func(change ...string) []onnx.Property {
		p := map[string]string{latentDistribution: "uniform", probeSeed: "11", probeCount: "4", probeHash: hex.EncodeToString(sum[:])}
		if len(change) > 0 {
			p[change[0]] = change[1]
		}
		var list []onnx.Property
		for k, v := range p {
			list = append(list, onnx.Property{Key: k, Value: v})
		}
		return list
	}
	got, err := identityModel(t, 6, 1, 1, probe()...).Verify(sha256.New())
	if err != nil || !got.OK() || got.Seed != 11 || got.Count != 4 {
		t.Errorf("Verify = %+v, %v, want agreement on 4 samples of seed 11", got, err)
	}
	for _, change := range [][]string{{probeSeed, "12"}, {probeCount, "3"}, {latentDistribution, "normal"}, {probeHash, "00"}} {
		got, err := identityModel(t, 6, 1, 1, probe(change...)...).Verify(sha256.New())
		if err != nil || got.OK() {
			t.Errorf("Verify with %v = %+v, %v, want disagreement", change, got, err)
		}
	}
	for _, change := range [][]string{{probeSeed, "x"}, {probeCount, "0"}, {probeCount, "1000000000"}, {probeHash, ""}, {latentDistribution, "x"}} {
		_, err := identityModel(t, 6, 1, 1, probe(change...)...).Verify(sha256.New())
		wantError(t, err, "ganlet.")
	}
	s := newSketch(2, 6) // the same through a model of a fixed batch
	s.Metadata = probe()
	if got, err := load(t, s.outputs(s.act("Identity", "z"))).Verify(sha256.New()); err != nil || !got.OK() {
		t.Errorf("Verify with a fixed batch = %+v, %v, want agreement", got, err)
	}
}
