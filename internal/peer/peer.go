// Package peer runs a model on ONNX Runtime, through its C library, so that ganlet can be compared with it.
//
// It is a module of its own: cgo and a library of 45 MB stay out of ganlet. The library comes from the npm package
// onnxruntime-node 1.30.0 (.ci/run installs it); its path is given by the caller, in our programs from the variable ORT_LIB.
package peer

import (
	"fmt"

	ort "github.com/yalue/onnxruntime_go"
)

// Start loads the library at path. It is called once, before Open.
func Start(path string) error {
	if path == "" {
		return fmt.Errorf("peer: no ONNX Runtime library: set ORT_LIB to the path of libonnxruntime.so.1")
	}
	ort.SetSharedLibraryPath(path)
	if err := ort.InitializeEnvironment(); err != nil {
		return fmt.Errorf("peer: %s: %w", path, err)
	}
	return nil
}

// Version names the library, "1.30.0" for example.
func Version() string { return ort.GetVersion() }

// Names asks the library for the names of the input and the output of the ONNX file at path, which has one of each. The library
// loads the file for that as if to run it.
func Names(path string) (input, output string, err error) {
	in, out, err := ort.GetInputOutputInfo(path)
	if err != nil {
		return "", "", fmt.Errorf("peer: %w", err)
	}
	if len(in) != 1 || len(out) != 1 {
		return "", "", fmt.Errorf("peer: %q has %d inputs and %d outputs, want one of each", path, len(in), len(out))
	}
	return in[0].Name, out[0].Name, nil
}

// Session is a model from z to images, loaded into ONNX Runtime.
type Session struct {
	session *ort.DynamicAdvancedSession
	outputs int
}

// Open loads the ONNX file at path to run on a number of threads. It reads the input and computes the output of the given names,
// both float32. Close frees the session.
func Open(path, input, output string, threads int) (*Session, error) {
	return OpenAll(path, []string{input}, []string{output}, threads)
}

// OpenAll is Open for any number of inputs and outputs.
func OpenAll(path string, inputs, outputs []string, threads int) (*Session, error) {
	options, err := ort.NewSessionOptions()
	if err != nil {
		return nil, fmt.Errorf("peer: %w", err)
	}
	defer options.Destroy()
	if err := options.SetIntraOpNumThreads(threads); err != nil {
		return nil, fmt.Errorf("peer: %w", err)
	}
	if err := options.SetInterOpNumThreads(1); err != nil {
		return nil, fmt.Errorf("peer: %w", err)
	}
	s, err := ort.NewDynamicAdvancedSession(path, inputs, outputs, options)
	if err != nil {
		return nil, fmt.Errorf("peer: %q: %w", path, err)
	}
	return &Session{s, len(outputs)}, nil
}

// Run computes the output for z of the given shape, in memory of the caller's, and the output's shape.
func (s *Session) Run(z []float32, shape ...int64) ([]float32, []int64, error) {
	b, err := s.Bind(z, shape...)
	if err != nil {
		return nil, nil, err
	}
	defer b.Close()
	if err := b.Run(); err != nil {
		return nil, nil, err
	}
	out, err := b.Output(0)
	if err != nil {
		return nil, nil, err
	}
	return append([]float32(nil), out...), b.out[0].GetShape(), nil
}

// Close frees the model.
func (s *Session) Close() error { return s.session.Destroy() }

// Bound is a session with its input and the memory of its output, to be run over and over.
type Bound struct {
	session *ort.DynamicAdvancedSession
	in, out []ort.Value
}

// Bind gives the session z, of the given shape, to read in every run; z must not move or be freed. Close frees what is bound.
func (s *Session) Bind(z []float32, shape ...int64) (*Bound, error) {
	dims := make([]int, len(shape))
	for i, d := range shape {
		dims[i] = int(d)
	}
	return s.BindAll(Tensor{dims, z})
}

// Tensor is an input: Data is []float32, []int64 or []bool.
type Tensor struct {
	Shape []int
	Data  any
}

// BindAll is Bind for all inputs of a session.
func (s *Session) BindAll(inputs ...Tensor) (*Bound, error) {
	b := &Bound{session: s.session, out: make([]ort.Value, s.outputs)}
	for _, t := range inputs {
		shape := make(ort.Shape, len(t.Shape))
		for i, d := range t.Shape {
			shape[i] = int64(d)
		}
		var in ort.Value
		var err error
		switch data := t.Data.(type) {
		case []float32:
			in, err = ort.NewTensor(shape, data)
		case []int64:
			in, err = ort.NewTensor(shape, data)
		case []bool:
			bytes := make([]byte, len(data))
			for i, v := range data {
				if v {
					bytes[i] = 1
				}
			}
			in, err = ort.NewCustomDataTensor(shape, bytes, ort.TensorElementDataTypeBool)
		default:
			err = fmt.Errorf("an input is %T", t.Data)
		}
		if err != nil {
			return nil, fmt.Errorf("peer: %w", err)
		}
		b.in = append(b.in, in)
	}
	return b, nil
}

// Output returns an output of the last run, which must be float32. The next run changes it.
func (b *Bound) Output(i int) ([]float32, error) {
	out, ok := b.out[i].(*ort.Tensor[float32])
	if !ok {
		return nil, fmt.Errorf("peer: output %d is a %T, want float32", i, b.out[i])
	}
	return out.GetData(), nil
}

// Run computes the output: the first time into new memory, which later runs use again.
func (b *Bound) Run() error {
	if err := b.session.Run(b.in, b.out); err != nil {
		return fmt.Errorf("peer: %w", err)
	}
	return nil
}

// Close frees input and output.
func (b *Bound) Close() {
	for _, v := range append(b.in, b.out...) {
		if v != nil {
			v.Destroy()
		}
	}
}
