package data

import (
	"bytes"
	"compress/gzip"
	"io"
	"testing"
)

// FuzzDecodeIDX holds decodeIDX to its promise: what it accepts is exactly
// the header and bytes of the file, and in proportion to the file's length.
func FuzzDecodeIDX(f *testing.F) {
	for _, b := range [][]byte{nil, twoImages, twoLabels, twoImages[:20], idx(nil, 1<<31, 4096, 4096), []byte("\x1f\x8b")} {
		f.Add(b, true)
		f.Add(gzipped(b), true)
		f.Add(b, false)
	}
	f.Fuzz(func(t *testing.T, file []byte, images bool) {
		rank := 1
		if images {
			rank = 3
		}
		dims, data, err := decodeIDX(bytes.NewReader(file), int64(len(file)), rank)
		if err != nil {
			if dims != nil || data != nil {
				t.Fatalf("decodeIDX returned data beside the error %v", err)
			}
			return
		}
		if len(data) > len(file)*maxDeflate {
			t.Fatalf("decodeIDX made %d bytes of %d", len(data), len(file))
		}
		plain := file
		if bytes.HasPrefix(file, []byte("\x1f\x8b")) {
			zr, err := gzip.NewReader(bytes.NewReader(file))
			if err != nil {
				t.Fatalf("decodeIDX accepted what gzip refuses: %v", err)
			}
			if plain, err = io.ReadAll(zr); err != nil {
				t.Fatalf("decodeIDX accepted what gzip refuses: %v", err)
			}
		}
		var want []uint32
		for _, d := range dims {
			want = append(want, uint32(d))
		}
		if !bytes.Equal(idx(data, want...), plain) {
			t.Fatalf("decodeIDX(% x) = %v, % x", file, dims, data)
		}
	})
}
