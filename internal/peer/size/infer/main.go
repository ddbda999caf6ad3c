// Command infer is the smallest program that samples a model, and does nothing else: it is built to see its size.
package main

import (
	"os"

	"github.com/ganlet/ganlet/infer"
)

func main() {
	model, err := infer.Parse([]byte(os.Args[0])) // bytes that the linker cannot know
	if err != nil {
		panic(err)
	}
	session, err := model.NewSession(1)
	if err != nil {
		panic(err)
	}
	if err := session.Generate(make([]float32, 784), make([]float32, 100)); err != nil {
		panic(err)
	}
}
