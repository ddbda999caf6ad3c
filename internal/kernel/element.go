package kernel

// element names an element-wise function that the tiers have in assembly.
type element uint8

const (
	addElement        element = iota // x += y
	addRowsElement                   // the same, of one row x
	scaleShiftElement                // x = fma(x, y, z)
	subtractElement                  // x = y - z
	sumElement                       // x = y + z
	widenElement                     // x = y of float16
	widen2Element                    // x = y + z of float16
	widen4Element                    // x = (y + u) + (z + w) of float16
	leakyElement                     // x = x < 0 ? x*s : x
	reluElement                      // x = x < 0 ? 0 : x
	tanhElement
	sigmoidElement
	expElement
	erfElement
	expLessElement     // x = exp(x - s)
	productElement     // x = y*z
	quotientElement    // x = y/z
	plusElement        // x = y + s
	minusElement       // x = y - s
	timesElement       // x = y*s
	overElement        // x = y/s
	clipElement        // q = x < s0 ? s0 : x; x = s1 < q ? s1 : q
	gateElement        // t = y + s0, clipped to s1..s2; x = y*t/s3
	timesAffineElement // x = fma(y*s, z, u)
	maxElement         // x = max(x, y); any of them, if one is NaN
	maxRowsElement     // the same, of one row x
	largerElement      // x = y if x < y or y is NaN
	rangeElement       // x = z < x ? z : x; y = y < z ? z : y
	scaleIntsElement   // x = y*z of int32 y
	quantizeElement    // x = y/s0, clipped to s1..s2, rounded, of bytes x
	dequantizeElement  // y = (x - zero)*s0 of bytes x
	bilinearElement    // x a b c d t: p = fma(t, b-a, a); q = fma(t, d-c, c); x = fma(s, q-p, p)
	slopeGradElement   // x = y > 0 ? z : z*s
	tanhGradElement    // x = z*(1 - y*y)
	affineElement      // x = fma(y, z, u)
	affine2Element     // x y z u w t: x = fma(z, w, fma(y, u, t))
	addSquareElement   // d = y-z; x = fma(d, d, x)
	addProductElement  // x = fma(y, z-u, x)
	mixElement         // x = fma(y, s1, x*s0)
	adamElement
)
