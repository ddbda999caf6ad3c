package kernel

// This file is functions of single elements on arrays that are no whole number of
// vectors.

// wholly is vector for a function of one array that is slow without assembly: the
// last elements go through it in room for a vector.
func wholly(f element, scalars, x []float32) int {
	done := vector(f, scalars, x)
	rest := x[done:]
	if len(rest) < 2 || len(rest) > panelWidth {
		return done
	}
	var room [panelWidth]float32
	copy(room[:], rest)
	if vector(f, scalars, room[:]) < panelWidth {
		return done
	}
	return done + copy(rest, room[:])
}
