package kernel

// This file is single elements of a matrix product, where packing a matrix would
// cost more than the product.

// Dot returns the sum of a[i]*b[i], computed as Gemm computes an element.
func Dot(a, b []float32) float32 {
	sum := chain(a[:min(len(a), Block)], b)
	for i := Block; i < len(a); i += Block {
		sum += chain(a[i:min(len(a), i+Block)], b[i:])
	}
	return sum
}

func chain(a, b []float32) (acc float32) {
	b = b[:len(a)]
	for i, x := range a {
		acc = fma(x, b[i], acc)
	}
	return acc
}
