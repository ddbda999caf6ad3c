package metric

import "math"

// This file asks whether generated images are training images.

// Neighbour is an image of the training set.
type Neighbour struct {
	Index    int
	Distance float64 // Euclidean
}

// Nearest returns for each image its nearest training image, the first of equal
// ones. Compare the distances with those of real images that were not trained
// on. Pixels compare pixel by pixel: a shifted copy is far away.
//
// Neighbours are found in float32: another may be nearer by a millionth of the
// data's extent. The distance to the one named is exact, in float64.
func Nearest(images, training []float32, dim int) ([]Neighbour, error) {
	x, y, err := imagesAndTraining(images, training, dim)
	if err != nil {
		return nil, err
	}
	index, least := make([]int, x.n), make([]float32, x.n)
	for i := range least {
		least[i] = float32(math.Inf(1))
	}
	b, a := clouds(y, x)
	between(a, b, func(i, j int, squared []float32) {
		for t, d := range squared {
			if d < least[i] {
				least[i], index[i] = d, j+t
			}
		}
	})
	nearest := make([]Neighbour, x.n)
	for i, j := range index {
		nearest[i] = Neighbour{j, distance(x.row(i), y.row(j))}
	}
	return nearest, nil
}

// ExactCopies counts the images that equal a training image in every number.
// Generated images are seldom exactly at one of 256 levels: round both to what
// would be stored before asking.
func ExactCopies(images, training []float32, dim int) (int, error) {
	x, y, err := imagesAndTraining(images, training, dim)
	if err != nil {
		return 0, err
	}
	known := make(map[uint64][]int, y.n) // training images by hash
	for j := range y.n {
		h := hash(y.row(j))
		known[h] = append(known[h], j)
	}
	copies := 0
	for i := range x.n {
		for _, j := range known[hash(x.row(i))] {
			if distance(x.row(i), y.row(j)) == 0 {
				copies++
				break
			}
		}
	}
	return copies, nil
}

func imagesAndTraining(images, training []float32, dim int) (x, y rows, err error) {
	if x, err = rowsOf("images", images, dim, 1); err != nil {
		return x, y, err
	}
	y, err = rowsOf("training", training, dim, 1)
	return x, y, err
}

func distance(a, b []float32) float64 {
	var sum float64
	for i, v := range a {
		d := float64(v) - float64(b[i])
		sum += float64(d * d)
	}
	return math.Sqrt(sum)
}

// hash is equal for equal rows; 0 and -0 are equal.
func hash(row []float32) uint64 {
	var h uint64
	for _, v := range row {
		h = (h ^ uint64(math.Float32bits(v+0))) * 0x9E3779B97F4A7C15
		h ^= h >> 32
	}
	return h
}
