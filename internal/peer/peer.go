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
	if err := ort.InitializeEnvironment(ort.WithLogLevelError()); err != nil {
		return fmt.Errorf("peer: %s: %w", path, err)
	}
	return nil
}

// Version names the library, "1.30.0" for example.
func Version() string { return ort.GetVersion() }

// Session is a model from z to images, loaded into ONNX Runtime, on one thread.
type Session struct {
	session *ort.DynamicAdvancedSession
}

// Open loads the ONNX file at path, which has one input and one output, both float32. Close frees it.
func Open(path string) (*Session, error) {
	in, out, err := ort.GetInputOutputInfo(path)
	if err != nil {
		return nil, fmt.Errorf("peer: %w", err)
	}
	if len(in) != 1 || len(out) != 1 {
		return nil, fmt.Errorf("peer: %q has %d inputs and %d outputs, want one of each", path, len(in), len(out))
	}
	options, err := ort.NewSessionOptions()
	if err != nil {
		return nil, fmt.Errorf("peer: %w", err)
	}
	defer options.Destroy()
	if err := options.SetIntraOpNumThreads(1); err != nil {
		return nil, fmt.Errorf("peer: %w", err)
	}
	s, err := ort.NewDynamicAdvancedSession(path, []string{in[0].Name}, []string{out[0].Name}, options)
	if err != nil {
		return nil, fmt.Errorf("peer: %q: %w", path, err)
	}
	return &Session{s}, nil
}

// Run computes the output for z of the given shape, in memory of the caller's, and the output's shape.
func (s *Session) Run(z []float32, shape ...int64) ([]float32, []int64, error) {
	in, err := ort.NewTensor(ort.NewShape(shape...), z)
	if err != nil {
		return nil, nil, fmt.Errorf("peer: %w", err)
	}
	defer in.Destroy()
	outs := []ort.Value{nil} // nil: allocated by Run
	if err := s.session.Run([]ort.Value{in}, outs); err != nil {
		return nil, nil, fmt.Errorf("peer: %w", err)
	}
	defer outs[0].Destroy()
	out, ok := outs[0].(*ort.Tensor[float32])
	if !ok {
		return nil, nil, fmt.Errorf("peer: the output is a %T, want float32", outs[0])
	}
	return append([]float32(nil), out.GetData()...), out.GetShape(), nil
}

// Close frees the model.
func (s *Session) Close() error { return s.session.Destroy() }
