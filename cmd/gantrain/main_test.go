package main

import (
	"archive/zip"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/ganlet/ganlet/cmd/internal/script"
)

// This file runs testdata/script: gantrain as a process, and ganinfer on what
// it leaves behind.

// asGantrain in the environment makes this test gantrain.
const asGantrain = "GANTRAIN_TEST_IS_GANTRAIN"

func TestMain(m *testing.M) {
	if os.Getenv(asGantrain) != "" {
		main()
	}
	testscript.Main(m, map[string]func(){"gantrain": main})
}

func TestScripts(t *testing.T) {
	bin := t.TempDir()
	build := exec.Command("go", "build", "-o", filepath.Join(bin, "ganinfer"), "../ganinfer")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build ganinfer: %v\n%s", err, out)
	}
	lenet, err := filepath.Abs("../../gan/metric/lenet.onnx")
	if err != nil {
		t.Fatal(err)
	}
	commands := script.Commands()
	commands["images"] = writeImages
	commands["photos"] = writePhotos
	commands["pack"] = pack
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		Cmds:                commands,
		Condition:           script.Condition,
		Setup: func(e *testscript.Env) error {
			e.Setenv("GORACE", script.GORACE)
			e.Setenv("LENET", lenet)
			e.Setenv("PATH", bin+string(filepath.ListSeparator)+e.Getenv("PATH"))
			return nil
		},
	})
}

// writeImages makes an IDX file: on every image a bright square somewhere on a
// dark ground.
//
//	images FILE COUNT SIDE
func writeImages(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: images FILE COUNT SIDE")
	}
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	side, err := strconv.Atoi(args[2])
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), squares(n, side), 0o666))
}

// squares is the IDX file of images.
func squares(n, side int) []byte {
	b := binary.BigEndian.AppendUint32(nil, 0x803)
	for _, v := range []int{n, side, side} {
		b = binary.BigEndian.AppendUint32(b, uint32(v))
	}
	for i := range n {
		for y := range side {
			for x := range side {
				pixel := byte(10)
				if x/2 == i%(side/2) && y/2 == i/(side/2)%(side/2) {
					pixel = 250
				}
				b = append(b, pixel)
			}
		}
	}
	return b
}

// writePhotos makes a folder of PNG and JPEG files of mixed sizes, every third
// of them in a folder of its own.
//
//	photos DIR COUNT
func writePhotos(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: photos DIR COUNT")
	}
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	dir := ts.MkAbs(args[0])
	for i := range n {
		m := image.NewNRGBA(image.Rect(0, 0, 10+i%5*7, 10+i%3*9))
		for at := range m.Pix {
			m.Pix[at] = 20
		}
		for y := range 5 {
			for x := range 5 {
				m.SetNRGBA(2+(x+i)%8, 2+y, color.NRGBA{byte(50 * i), 200, byte(30 * i), 255})
			}
		}
		path := filepath.Join(dir, fmt.Sprintf("%03d.png", i))
		if i%3 == 0 {
			path = filepath.Join(dir, "more", fmt.Sprintf("%03d.jpg", i))
		}
		ts.Check(os.MkdirAll(filepath.Dir(path), 0o777))
		f, err := os.Create(path)
		ts.Check(err)
		if i%3 == 0 {
			err = jpeg.Encode(f, m, nil)
		} else {
			err = png.Encode(f, m)
		}
		ts.Check(err)
		ts.Check(f.Close())
	}
}

// pack makes a zip of a folder.
//
//	pack FILE.zip DIR
func pack(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: pack FILE.zip DIR")
	}
	f, err := os.Create(ts.MkAbs(args[0]))
	ts.Check(err)
	z := zip.NewWriter(f)
	ts.Check(z.AddFS(os.DirFS(ts.MkAbs(args[1]))))
	ts.Check(z.Close())
	ts.Check(f.Close())
}
