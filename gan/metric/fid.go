package metric

import (
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
)

// This file is the Fréchet distance of two sets of features, in float64.

// Moments are what [Frechet] compares of a set of features.
type Moments struct {
	N          int       // samples
	Mean       []float64 // [d]
	Covariance []float64 // [d, d], divided by N-1
}

// FID is the Fréchet distance between Gaussians fitted to two sets of features
// (Heusel et al., "GANs Trained by a Two Time-Scale Update Rule Converge to a
// Local Nash Equilibrium", 2017), lower being better: with means m and
// covariances S of n-1, |m1-m2|² + tr(S1 + S2 - 2 (S1 S2)^½).
//
// It is biased upwards, more so for fewer samples: compare equal numbers only,
// and quote the value of real against real. Each set needs more samples than a
// feature has numbers. Papers mean features of Inception-v3; others are not
// comparable with theirs.
func FID(real, fake []float32, dim int) (float64, error) {
	r, err := MomentsOf(real, dim)
	if err != nil {
		return 0, fmt.Errorf("%w (real)", err)
	}
	f, err := MomentsOf(fake, dim)
	if err != nil {
		return 0, fmt.Errorf("%w (fake)", err)
	}
	return Frechet(r, f)
}

// mostFeatures bounds the memory of covariances.
const mostFeatures = 4096

// MomentsOf returns the moments of features [n, dim], n > dim, dim <= 4096: of a
// reference that is compared with many sets, say.
func MomentsOf(features []float32, dim int) (Moments, error) {
	if dim > mostFeatures {
		return Moments{}, fmt.Errorf("metric: moments of %d features, want at most %d", dim, mostFeatures)
	}
	x, err := rowsOf("features", features, dim, dim+1)
	if err != nil {
		return Moments{}, err
	}
	return moments(x), nil
}

// moments goes through x twice, so that a large mean costs no digits.
func moments(x rows) Moments {
	const block = 256 // rows in float64 at a time
	mean := make([]float64, x.dim)
	for i := range x.n {
		for j, v := range x.row(i) {
			mean[j] += float64(v)
		}
	}
	for j := range mean {
		mean[j] /= float64(x.n)
	}
	centred := mat.NewDense(block, x.dim, nil)
	sum := mat.NewSymDense(x.dim, nil)
	for i0 := 0; i0 < x.n; i0 += block {
		n := min(block, x.n-i0)
		for i := range n {
			row := centred.RawRowView(i)
			for j, v := range x.row(i0 + i) {
				row[j] = float64(v) - mean[j]
			}
		}
		sum.SymRankK(sum, 1, centred.Slice(0, n, 0, x.dim).T())
	}
	sum.ScaleSym(1/float64(x.n-1), sum)
	return Moments{x.n, mean, mat.DenseCopyOf(sum).RawMatrix().Data}
}

// Frechet is the Fréchet distance of two Gaussians (Dowson and Landau, 1982);
// see [FID]. What rounding makes less than zero is returned as zero.
func Frechet(a, b Moments) (float64, error) {
	d := len(a.Mean)
	if d == 0 || len(b.Mean) != d || len(a.Covariance) != d*d || len(b.Covariance) != d*d {
		return 0, fmt.Errorf("metric: moments of %d and %d features with covariances of %d and %d values",
			d, len(b.Mean), len(a.Covariance), len(b.Covariance))
	}
	for _, part := range [][]float64{a.Mean, b.Mean, a.Covariance, b.Covariance} {
		for _, v := range part {
			if v-v != 0 {
				return 0, fmt.Errorf("metric: moments have a value of %v", v)
			}
		}
	}
	cross, err := traceRoot(a.Covariance, b.Covariance, d)
	if err != nil {
		return 0, err
	}
	distance := -2 * cross
	for i, m := range a.Mean {
		shift := m - b.Mean[i]
		distance += float64(shift*shift) + a.Covariance[i*d+i] + b.Covariance[i*d+i]
	}
	return max(0, distance), nil
}

// traceRoot is tr (S1 S2)^½: with S1 = R Rᵀ, the sum of the roots of the
// eigenvalues of Rᵀ S2 R, which is symmetric and has S1 S2's eigenvalues.
func traceRoot(s1, s2 []float64, d int) (float64, error) {
	var eigen mat.EigenSym
	if !eigen.Factorize(mat.NewSymDense(d, s1), true) {
		return 0, errors.New("metric: the covariance has no eigenvalues")
	}
	var root, half, product mat.Dense
	eigen.VectorsTo(&root)
	for j, v := range eigen.Values(nil) {
		scale := math.Sqrt(max(0, v))
		for i := range d {
			root.Set(i, j, root.At(i, j)*scale)
		}
	}
	half.Mul(mat.NewDense(d, d, s2), &root)
	product.Mul(root.T(), &half)
	if !eigen.Factorize(mat.NewSymDense(d, product.RawMatrix().Data), false) {
		return 0, errors.New("metric: the covariances' product has no eigenvalues")
	}
	var sum float64
	for _, v := range eigen.Values(nil) {
		sum += math.Sqrt(max(0, v))
	}
	return sum, nil
}
