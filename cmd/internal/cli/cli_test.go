package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestExit(t *testing.T) {
	plain := errors.New("no\nsuch file")
	for _, c := range []struct {
		err  error
		code int
		want string
	}{
		{nil, 0, ""},
		{plain, 1, "p: error: no such file\n"},
		{Hintf(plain, "look\r\nelsewhere"), 1, "p: error: no such file (look elsewhere)\n"},
		{errors.New("m\x1b[2J.onnx\u202e, \xff, 入力 \"z\": no"), 1, `p: error: m\x1b[2J.onnx\u202e, \xff, 入力 "z": no` + "\n"},
		{Flagf("bad %d", 1), 1, "p: error: bad 1 (p --help shows how)\n"},
		{Usagef("bad %d", 1), 2, "p: error: bad 1 (p --help shows how)\n"},
		{Hintf(Usagef("bad"), "be good"), 2, "p: error: bad (be good)\n"},
		{fmt.Errorf("outer: %w", Hintf(Usagef("%w", plain), "be good")), 2, "p: error: outer: no such file (be good)\n"},
	} {
		var stderr bytes.Buffer
		if code := Exit("p", &stderr, c.err); code != c.code || stderr.String() != c.want {
			t.Errorf("Exit(%v) = %d, %q, want %d, %q", c.err, code, stderr.String(), c.code, c.want)
		}
	}
	if err := Usagef("%w", plain); !errors.Is(err, plain) {
		t.Error("Usagef hides the error that it wraps")
	}
}

func TestPrintable(t *testing.T) {
	for s, want := range map[string]string{"z": "z", "入力 z": "入力 z", "a\x1b[2J": `"a\x1b[2J"`, "a\nb": `"a\nb"`, `a"b`: `"a\"b"`} {
		if got := Printable(s); got != want {
			t.Errorf("Printable(%q) = %s, want %s", s, got, want)
		}
	}
}

func TestParse(t *testing.T) {
	for _, c := range []struct {
		args   []string
		out    string
		helped bool
		err    string
	}{
		{args: []string{"-n", "3", "model"}},
		{args: []string{"--help"}, helped: true, out: "before\n  -n, --count int   how many (default 16)\nafter\n"},
		{args: []string{"-h"}, helped: true, out: "before\n  -n, --count int   how many (default 16)\nafter\n"},
		{args: []string{"--cuont", "3"}, err: "unknown flag: --cuont"},
		{args: []string{"-n", "three"}, err: `invalid argument "three"`},
		{args: []string{"-n"}, err: "flag needs an argument"},
	} {
		fs := Flags()
		fs.IntP("count", "n", 16, "how many")
		var out bytes.Buffer
		helped, err := Parse(fs, "prog sub", c.args, "before\nFLAGS\nafter\n", &out)
		if helped != c.helped || out.String() != c.out || (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
			t.Errorf("Parse(%q) = %v, %v and wrote %q, want %v, %q and %q", c.args, helped, err, out.String(), c.helped, c.err, c.out)
		}
		if code := Exit("prog", io.Discard, err); err != nil && code != 1 {
			t.Errorf("Parse(%q) ends with %d, want 1", c.args, code)
		}
	}
}

func TestArguments(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"a", "b"}, ""},
		{[]string{"a"}, "B is missing"},
		{nil, "A is missing"},
		{[]string{"a", "b", "c"}, `unexpected argument "c"`},
	} {
		fs := Flags()
		if err := fs.Parse(c.args); err != nil {
			t.Fatal(err)
		}
		if err := Arguments(fs, "prog", "A", "B"); (err == nil) != (c.want == "") || err != nil && err.Error() != c.want {
			t.Errorf("Arguments of %q = %v, want %q", c.args, err, c.want)
		}
	}
}

func TestOutput(t *testing.T) {
	hello := func(w io.Writer) error {
		_, err := io.WriteString(w, "hello")
		return err
	}
	path := filepath.Join(t.TempDir(), "f")
	var stdout bytes.Buffer
	if err := Output(path, &stdout, hello); err != nil || stdout.Len() > 0 {
		t.Errorf("Output to a file: %v, and %q on standard output", err, stdout.String())
	}
	if b, err := os.ReadFile(path); err != nil || string(b) != "hello" {
		t.Errorf("the file has %q, %v, want hello", b, err)
	}
	for _, path := range []string{"", "-"} {
		stdout.Reset()
		if err := Output(path, &stdout, hello); err != nil || stdout.String() != "hello" {
			t.Errorf("Output to %q: %v, %q on standard output, want hello", path, err, stdout.String())
		}
	}
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip(err)
	}
	defer full.Close()
	if err := Output("", full, hello); err == nil || err.Error() != "cannot write to standard output: no space left on device" {
		t.Errorf("Output to a full device: %v", err)
	}
}
