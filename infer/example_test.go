package infer_test

import (
	"context"
	_ "embed"
	"fmt"
	"image/color"
	"log"

	"github.com/ganlet/ganlet/infer"
)

// A generator can be part of the program: here one whose latent is a direction,
// and whose image is bright on that side (testdata/make.py made it).
//
//go:embed testdata/edge.onnx
var edge []byte

func Example() {
	model, err := infer.Parse(edge)
	if err != nil {
		log.Fatal(err)
	}
	session, err := model.NewSession(1)
	if err != nil {
		log.Fatal(err)
	}
	z := []float32{2, 1} // to the right, and a little down
	x := make([]float32, 8*8)
	if err := session.Generate(x, z); err != nil {
		log.Fatal(err)
	}
	picture, err := model.Image(x)
	if err != nil {
		log.Fatal(err)
	}
	for row := range 8 {
		for col := range 8 {
			if picture.At(col, row).(color.Gray).Y > 127 {
				fmt.Print("#")
			} else {
				fmt.Print(".")
			}
		}
		fmt.Println()
	}
	// Output:
	// ......##
	// .....###
	// .....###
	// ....####
	// ....####
	// ...#####
	// ...#####
	// ..######
}

func ExampleModel_Latent() {
	model, err := infer.Parse(edge)
	if err != nil {
		log.Fatal(err)
	}
	latent, err := model.Latent(1)
	if err != nil {
		log.Fatal(err)
	}
	z := make([]float32, 3*latent.Dim)
	latent.Fill(z, 0) // samples 0, 1 and 2
	one := make([]float32, latent.Dim)
	latent.Fill(one, 2) // sample 2 alone is the same
	fmt.Println(latent.Dim, one[0] == z[4] && one[1] == z[5])
	// Output: 2 true
}

func ExampleSession_Run() {
	model, err := infer.Parse(edge)
	if err != nil {
		log.Fatal(err)
	}
	session, err := model.NewSession(16)
	if err != nil {
		log.Fatal(err)
	}
	outputs, err := session.Run(context.Background(), infer.Tensor{Name: "z", Shape: []int{2, 2}, Data: []float32{1, 0, 0, 1}})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(outputs[0].Name, outputs[0].Shape)
	// Output: image [2 1 8 8]
}

func ExampleSession_RunTo() {
	model, err := infer.Parse(edge)
	if err != nil {
		log.Fatal(err)
	}
	session, err := model.NewSession(1)
	if err != nil {
		log.Fatal(err)
	}
	latent, err := model.Latent(1)
	if err != nil {
		log.Fatal(err)
	}
	numbers := make([]float32, latent.Dim)
	z := infer.Tensor{Name: "z", Shape: []int{1, latent.Dim}, Data: numbers}
	images, err := session.Run(context.Background(), z) // the first run makes what the others fill
	if err != nil {
		log.Fatal(err)
	}
	for sample := range uint64(3) {
		latent.Fill(numbers, sample)
		if err := session.RunTo(context.Background(), images, z); err != nil {
			log.Fatal(err)
		}
	}
	fmt.Println(images[0].Name, images[0].Shape)
	// Output: image [1 1 8 8]
}

func ExampleModel_Draw() {
	model, err := infer.Parse(edge)
	if err != nil {
		log.Fatal(err)
	}
	picture, err := model.Draw(1, 0) // seed 1; the model takes no labels
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(picture.Bounds().Size())
	// Output: (8,8)
}

func ExampleModel_Pool() {
	model, err := infer.Parse(edge)
	if err != nil {
		log.Fatal(err)
	}
	pool := model.Pool(2) // for as many goroutines at once
	ctx := context.Background()
	session, err := pool.Get(ctx)
	if err != nil {
		log.Fatal(err)
	}
	defer pool.Put(session)
	x := make([]float32, 8*8)
	fmt.Println(session.Generate(x, []float32{2, 1}))
	// Output: <nil>
}

func ExampleOptions() {
	options := infer.Options{
		Range:  [2]float64{0, 1},                                      // of the images' values
		Limits: infer.Limits{Nodes: 100, MultiplyAdds: 1_000_000_000}, // for files of unknown origin
	}
	model, err := options.Parse(edge)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(model.Inputs()[0].Name, model.Outputs()[0].Len())
	// Output: z 64
}

func ExampleModel_Conditional() {
	model, err := infer.Parse(edge)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(model.Conditional())
	// Output: false
}
