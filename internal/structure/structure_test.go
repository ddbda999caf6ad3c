// Package structure holds what the module is built like: which package may
// import which, and that no package is one knot of files.
package structure

import (
	"encoding/json"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/ganlet/ganlet/"

// imports is the module's import graph: what each package may import of the
// module itself. Arrows point one way; a package that is not listed is a mistake.
var imports = map[string]string{
	"internal/structure": "",
	"internal/kernel":    "",
	"internal/onnx":      "",
	"internal/npy":       "",

	"infer":                 "infer/internal/budget infer/internal/graph infer/internal/plan infer/internal/tensor internal/kernel internal/onnx",
	"infer/internal/budget": "",
	"infer/internal/tensor": "internal/onnx",
	"infer/internal/op":     "infer/internal/budget infer/internal/tensor internal/kernel internal/onnx",
	"infer/internal/graph":  "infer/internal/budget infer/internal/op infer/internal/tensor internal/onnx",
	"infer/internal/plan":   "infer/internal/budget infer/internal/graph infer/internal/op infer/internal/tensor internal/kernel internal/onnx",

	"gan":                  "gan/internal/op internal/kernel",
	"gan/data":             "gan gan/internal/mixture internal/kernel internal/npy",
	"gan/internal/golden":  "",
	"gan/internal/mixture": "",
	"gan/internal/op":      "internal/kernel",
	"gan/metric":           "gan/internal/mixture infer internal/kernel",
	"gan/metric/lenet":     "gan/data gan/internal/op internal/kernel internal/onnx",
	"export":               "gan internal/kernel internal/onnx",

	"cmd/ganinfer":            "cmd/internal/atomicfile cmd/internal/classes cmd/internal/cli cmd/internal/picture infer internal/npy internal/onnx",
	"cmd/gantrain":            "cmd/internal/atomicfile cmd/internal/classes cmd/internal/cli cmd/internal/judge cmd/internal/lab cmd/internal/picture cmd/internal/verdict export gan gan/data gan/metric infer internal/kernel internal/npy",
	"cmd/internal/atomicfile": "",
	"cmd/internal/classes":    "infer",
	"cmd/internal/cli":        "cmd/internal/atomicfile",
	"cmd/internal/judge":      "cmd/internal/classes gan gan/data gan/metric infer",
	"cmd/internal/lab":        "cmd/internal/judge cmd/internal/verdict gan gan/data gan/metric internal/kernel",
	"cmd/internal/picture":    "cmd/internal/sheet infer",
	"cmd/internal/script":     "cmd/internal/atomicfile internal/kernel internal/npy",
	"cmd/internal/sheet":      "",
	"cmd/internal/verdict":    "cmd/internal/judge gan",

	"internal/kernel/gen": "",
	"internal/randmodel":  "internal/onnx", // of tests

	"infer/internal/conformance": "infer/internal/tensor internal/onnx", // of tests
}

// listed is what go list says of a package.
type listed struct {
	Dir, ImportPath string
	GoFiles         []string
	Imports         []string
}

func list(t *testing.T) (all []listed) {
	t.Helper()
	if runtime.GOOS == "js" || runtime.GOOS == "wasip1" {
		t.Skip("cannot run the go command")
	}
	cmd := exec.Command("go", "list", "-json=Dir,ImportPath,GoFiles,Imports", module+"...")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Skipf("go list: %v", err)
	}
	for d := json.NewDecoder(out); ; {
		var p listed
		if err := d.Decode(&p); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	if err := cmd.Wait(); err != nil {
		t.Skipf("go list: %v", err)
	}
	return all
}

// The import graph is the one that is written down.
func TestImports(t *testing.T) {
	for _, p := range list(t) {
		name := strings.TrimPrefix(p.ImportPath, module)
		may, known := imports[name]
		if !known {
			t.Errorf("package %s is not in the import graph", name)
			continue
		}
		for _, path := range p.Imports {
			to, own := strings.CutPrefix(path, module)
			if own && !slices.Contains(strings.Fields(may), to) {
				t.Errorf("package %s imports %s, which the import graph does not allow", name, to)
			}
		}
	}
}

// In no package of infer do more than half of the files reach each other.
func TestKnots(t *testing.T) {
	for _, p := range list(t) {
		if !strings.HasPrefix(p.ImportPath, module+"infer") || len(p.GoFiles) < 3 {
			continue
		}
		knot := largestKnot(uses(t, p))
		t.Logf("%s: %d of %d files reach each other", strings.TrimPrefix(p.ImportPath, module), len(knot), len(p.GoFiles))
		if 2*len(knot) > len(p.GoFiles) {
			t.Errorf("%s: %d of %d files reach each other: %v", p.ImportPath, len(knot), len(p.GoFiles), knot)
		}
	}
}

// uses returns, for each file of a package, the files that define what it uses.
func uses(t *testing.T, p listed) map[string][]string {
	t.Helper()
	fset := token.NewFileSet()
	var files []*ast.File
	for _, name := range p.GoFiles {
		f, err := parser.ParseFile(fset, filepath.Join(p.Dir, name), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	info := &types.Info{Uses: make(map[*ast.Ident]types.Object)}
	config := types.Config{Importer: importer.ForCompiler(fset, "source", nil)}
	pkg, err := config.Check(p.ImportPath, fset, files, info)
	if err != nil {
		t.Fatal(err)
	}
	edges := make(map[string][]string)
	for id, object := range info.Uses {
		if object.Pkg() != pkg {
			continue
		}
		from, to := filepath.Base(fset.Position(id.Pos()).Filename), filepath.Base(fset.Position(object.Pos()).Filename)
		if from != to && !slices.Contains(edges[from], to) {
			edges[from] = append(edges[from], to)
		}
	}
	return edges
}

// largestKnot is the most files that reach each other.
func largestKnot(edges map[string][]string) (knot []string) {
	reach := make(map[string]map[string]bool)
	for from := range edges {
		seen := make(map[string]bool)
		for todo := []string{from}; len(todo) > 0; {
			at := todo[len(todo)-1]
			todo = todo[:len(todo)-1]
			for _, to := range edges[at] {
				if !seen[to] {
					seen[to] = true
					todo = append(todo, to)
				}
			}
		}
		reach[from] = seen
	}
	for from := range edges {
		var together []string
		for to := range edges {
			if from == to || reach[from][to] && reach[to][from] {
				together = append(together, to)
			}
		}
		if len(together) > len(knot) {
			slices.Sort(together)
			knot = together
		}
	}
	return knot
}
