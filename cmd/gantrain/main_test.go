package main

import (
	"encoding/binary"
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
	commands := script.Commands()
	commands["images"] = writeImages
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		Cmds:                commands,
		Condition:           script.Condition,
		Setup: func(e *testscript.Env) error {
			e.Setenv("GORACE", script.GORACE)
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
