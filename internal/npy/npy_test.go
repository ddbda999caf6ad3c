package npy

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
)

func wantError(t *testing.T, what string, a *Array, err error, want string) {
	t.Helper()
	if err == nil || a != nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%s: array %v, error %v, want %q", what, a, err, want)
	} else if strings.Contains(err.Error(), "\n") || strings.Count(err.Error(), "npy: ") != 1 {
		t.Errorf("%s: error %q is not one line with one prefix", what, err)
	}
}

// file is version 1.0 with the given dict as it stands, unpadded.
func file(dict, data string) []byte {
	return []byte(magic + "\x01\x00" + string([]byte{byte(len(dict)), byte(len(dict) >> 8)}) + dict + data)
}

func TestReadDicts(t *testing.T) {
	for _, dict := range []string{
		"{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), }\n",
		`{"shape":(1,2,),"descr":"<f4","fortran_order":False}`,
		" { 'fortran_order' : False , 'shape' : ( 1L , 2L ) , 'descr' : '<f4' } \n\n",
	} {
		a, err := Read(bytes.NewReader(file(dict, "\x00\x00\x80?\x00\x00\x00\xc0")), 8)
		if err != nil {
			t.Errorf("%q: %v", dict, err)
		} else if want := (Array{Shape: []int{1, 2}, Data: []float32{1, -2}}); !reflect.DeepEqual(*a, want) {
			t.Errorf("%q is %v, want %v", dict, *a, want)
		}
	}
	a, err := Read(bytes.NewReader(file("{'descr': '<i1', 'fortran_order': False, 'shape': (1,)}", "\xff")), 1)
	if err != nil || !reflect.DeepEqual(a.Data, []int8{-1}) {
		t.Errorf("<i1 reads as %v, error %v, want -1", a, err)
	}
}

func TestBrokenFiles(t *testing.T) {
	shaped := func(shape string) []byte {
		return file("{'descr': '<f4', 'fortran_order': False, 'shape': "+shape+"}", "12345678")
	}
	for _, c := range []struct {
		name string
		file []byte
		want string
	}{
		{"empty", nil, "cut short: has 0 bytes of magic, want 8"},
		{"text", []byte("just some text"), "begins with 6a 75 73 74 20 73, want 93 4e 55 4d 50 59 (.npy)"},
		{"no length", []byte(magic + "\x01\x00\x05"), "cut short: has 1 bytes of header length, want 2"},
		{"header cut", []byte(magic + "\x01\x00\x05\x00{"), "cut short: has 1 bytes of header, want 5"},
		{"huge header", []byte(magic + "\x02\x00\x00\x00\x00\xf0"), "header of 4026531840 bytes, want at most 65536"},
		{"data cut", shaped("(3,)"), "cut short: has 8 bytes after its header, want 12"},
		{"no data", shaped("(3,)")[:len(shaped("(3,)"))-8], "cut short: has 0 bytes after its header, want 12"},
		{"data long", shaped("(1,)"), "has more than 4 bytes after its header, want 4 (shape [1] of type <f4)"},
		{"over limit", shaped("(5, 52)"), "shape [5 52] of type <f4 takes more than 1024 bytes, the limit"},
		{"overflow", shaped("(2147483647, 2147483647, 2147483647)"), "takes more than 1024 bytes"},
		{"wide", shaped("(0, 2147483648)"), "shape has a side of 2147483648, want at most 2147483647"},
		{"very wide", shaped("(99999999999999999999999999,)"), "shape has a side of 99999999999999999999, want at most"},
		{"negative", shaped("(-1,)"), `found "-1,)}", want a side of the shape`},
		{"no tuple", shaped("3"), `found "3}", want a tuple`},
		{"bare number", shaped("(3)"), `found ")}", want a comma`},
		{"no comma", shaped("(3 4)"), `want a comma`},
		{"endless", shaped("(3,"), `want a side of the shape`},
		{"deep", shaped("(" + strings.Repeat("1,", 65) + ")"), "shape has more than 64 sides"},
		{"no dict", file("[1]", ""), `header: found "[1]", want a dict`},
		{"empty dict", file("{}", ""), `has no "descr"`},
		{"no shape", file("{'descr': '<f4', 'fortran_order': False}", ""), `has no "shape"`},
		{"no colon", file("{'descr' '<f4'}", ""), "want a colon"},
		{"no end", file("{'descr': '<f4'", ""), "want a comma or the dict's end"},
		{"no string", file("{descr: '<f4'}", ""), `found "descr: '<f4'}", want a string`},
		{"open string", file("{'descr: 4}", ""), "want a plain string"},
		{"escape", file(`{'desc\x72': 4}`, ""), "want a plain string"},
		{"twice", file("{'descr': '<f4', 'descr': '<f8'}", ""), `has "descr" twice`},
		{"other key", file("{'descr': '<f4', 'color': 'red'}", ""), `has "color", want descr, fortran_order and shape`},
		{"no bool", file("{'fortran_order': 0}", ""), "want True or False"},
		{"more", file("{'descr': '<f4', 'fortran_order': False, 'shape': ()} + {}", "1234"), `found "+ {}", want nothing after the dict`},
	} {
		a, err := Read(bytes.NewReader(c.file), 1<<10)
		wantError(t, c.name, a, err, c.want)
	}

	broken := errors.New("the disk is broken")
	for n := range len(shaped("(2,)")) + 1 {
		_, err := Read(io.MultiReader(bytes.NewReader(shaped("(2,)")[:n]), iotest.ErrReader(broken)), 1<<10)
		if !errors.Is(err, broken) {
			t.Errorf("after %d bytes, a failing reader gives %v, want %v", n, err, broken)
		}
	}
}

// TestChunks writes and reads more than a chunk, in full and in pieces.
func TestChunks(t *testing.T) {
	for _, n := range []int{chunk - 1, chunk, chunk + 1, 3*chunk + 5} {
		data := make([]float32, n)
		for i := range data {
			data[i] = rand.Float32()
		}
		var whole, pieces bytes.Buffer
		if err := Write(&whole, &Array{Shape: []int{n}, Data: data}); err != nil {
			t.Fatal(err)
		}
		if whole.Len() != 128+4*n {
			t.Errorf("%d values take %d bytes, want %d", n, whole.Len(), 128+4*n)
		}
		err := errors.Join(WriteHeader(&pieces, Float32, []int{n}), WriteData(&pieces, data[:n/3]), WriteData(&pieces, data[n/3:]))
		if err != nil || !bytes.Equal(whole.Bytes(), pieces.Bytes()) {
			t.Errorf("%d values in pieces differ from Write, error %v", n, err)
		}
		a, err := Read(iotest.HalfReader(&whole), int64(4*n))
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(a.Data, data) {
			t.Errorf("%d values come back changed", n)
		}
	}
}

func TestWriteErrors(t *testing.T) {
	var w bytes.Buffer
	for _, c := range []struct {
		a    Array
		want string
	}{
		{Array{Shape: []int{2, 2}, Data: []float32{1}}, "data has 1 values, want the product of shape [2 2]"},
		{Array{Shape: []int{-1, -1}, Data: []float32{1}}, "data has 1 values, want the product of shape [-1 -1]"},
		{Array{Shape: nil, Data: []float32{}}, "data has 0 values, want the product of shape []"},
		{Array{Shape: []int{1}, Data: []string{"a"}}, "data is a []string, want a slice of a type"},
		{Array{Shape: []int{1}, Data: []float32{1}, Half: true}, "float16 is a []float32, want its bits as []uint16"},
		{Array{Shape: nil, Data: nil}, "data is a <nil>, want a slice of a type"},
	} {
		wantError(t, "Write", nil, Write(&w, &c.a), c.want)
	}
	wantError(t, "WriteHeader", nil, WriteHeader(&w, "<c8", nil), `type "<c8", want <f2`)
	wantError(t, "WriteHeader", nil, WriteHeader(&w, Float32, make([]int, 65)), "want at most 64 sides")
	wantError(t, "WriteData", nil, WriteData(&w, 3), "data is a int")
	if w.Len() != 0 {
		t.Errorf("failing writes left %d bytes", w.Len())
	}
	broken := errors.New("the disk is full")
	r, pw := io.Pipe()
	r.CloseWithError(broken)
	if err := Write(pw, &Array{Data: []float32{1}}); err != broken {
		t.Errorf("Write to a failing writer gives %v, want %v", err, broken)
	}
	if err := WriteData(pw, []bool{true}); err != broken {
		t.Errorf("WriteData to a failing writer gives %v, want %v", err, broken)
	}
}

// FuzzRead holds Read to its promise: what it accepts is written back as an
// array that reads as the same, and takes no more than the file's bytes.
func FuzzRead(f *testing.F) {
	f.Add(file("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), }\n", "12345678"))
	f.Add(file(`{"shape":(),"descr":"|b1","fortran_order":False}`, "1"))
	f.Add([]byte(magic + "\x02\x00\x39\x00\x00\x00{'descr': '<i8', 'fortran_order': False, 'shape': (0,), }\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		a, err := Read(bytes.NewReader(b), 1<<20)
		if err != nil {
			return
		}
		typ, n, err := TypeOf(a.Data)
		if err != nil || n*typ.size() > len(b) {
			t.Fatalf("%d bytes read as %d values, error %v", len(b), n, err)
		}
		var w bytes.Buffer
		if err := Write(&w, a); err != nil {
			t.Fatal(err)
		}
		if data := b[len(b)-n*typ.size():]; typ != Bool && !bytes.HasSuffix(w.Bytes(), data) {
			t.Fatalf("data % x comes back as % x", data, w.Bytes())
		}
		again, err := Read(bytes.NewReader(w.Bytes()), 1<<20)
		if err != nil || !reflect.DeepEqual(again.Shape, a.Shape) {
			t.Fatalf("%v comes back as %v, error %v", a, again, err)
		}
	})
}
