package data

// This file decodes one IDX file of unsigned bytes: a magic number, the
// dimensions as big-endian uint32, then the bytes. No number in the file is
// believed before it is bounded by the size of the file.

import (
	"bufio"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
)

const (
	maxSide  = 4096    // of an image, in pixels
	maxBytes = 1 << 30 // of one file, decoded

	// maxDeflate bounds what a byte of deflate can grow to: at best a length
	// code and a distance code of one bit each stand for 258 bytes.
	maxDeflate = 1032
)

// decodeIDX reads an IDX file of the given rank, 1 for labels and 3 for
// images, from r, whose whole length is size bytes, gzip or plain.
// data holds the product of dims; its length is below size*maxDeflate.
func decodeIDX(r io.Reader, size int64, rank int) (dims []int, data []byte, err error) {
	br := bufio.NewReader(r)
	most, zipped := size, false
	if magic, _ := br.Peek(2); string(magic) == "\x1f\x8b" {
		zr, err := gzip.NewReader(br)
		if err != nil {
			return nil, nil, brokenGzip(err)
		}
		r, most, zipped = zr, size*maxDeflate, true
	} else {
		r = br
	}

	header := make([]byte, 4+4*rank)
	if n, err := io.ReadFull(r, header); err != nil {
		if !cutShort(err) {
			return nil, nil, brokenGzip(err)
		}
		return nil, nil, fmt.Errorf("cut short: has %d bytes, want %d of header", n, len(header))
	}
	if header[0] != 0 || header[1] != 0 || header[2] != ubyte || int(header[3]) != rank {
		return nil, nil, fmt.Errorf("begins with % x (%s), want % x (%s)",
			header[:4], kind(header[:4]), []byte{0, 0, ubyte, byte(rank)}, kind([]byte{0, 0, ubyte, byte(rank)}))
	}
	dims, want, err := parseDims(header[4:])
	if err != nil {
		return nil, nil, err
	}
	if found := most - int64(len(header)); !zipped && found != want {
		return nil, nil, fmt.Errorf("has %d bytes after its header, want %d (%s)", found, want, product(dims))
	} else if found < want {
		return nil, nil, fmt.Errorf("has %d bytes, gzip; that cannot hold the %d (%s) of its header", size, want, product(dims))
	}

	data = make([]byte, want)
	if n, err := io.ReadFull(r, data); err != nil {
		if !cutShort(err) {
			return nil, nil, brokenGzip(err)
		}
		return nil, nil, fmt.Errorf("cut short: has %d bytes after its header, want %d (%s)", n, want, product(dims))
	}
	// One byte more must not exist; asking for it also has gzip check its sum.
	switch _, err := io.ReadFull(r, header[:1]); {
	case err == nil:
		return nil, nil, fmt.Errorf("has more than %d bytes after its header, want %d (%s)", want, want, product(dims))
	case err != io.EOF:
		return nil, nil, brokenGzip(err)
	}
	return dims, data, nil
}

const ubyte = 0x08 // IDX's code for unsigned bytes

// parseDims reads the dimensions of an IDX header, each at least 1, and
// multiplies them.
func parseDims(header []byte) (dims []int, total int64, err error) {
	total = 1
	for i := 0; i < len(header); i += 4 {
		d := int64(binary.BigEndian.Uint32(header[i:]))
		if i == 0 && d == 0 {
			return nil, 0, errors.New("holds 0 records, want at least 1")
		}
		if i > 0 && (d == 0 || d > maxSide) {
			return nil, 0, fmt.Errorf("has images with a side of %d pixels, want 1 to %d", d, maxSide)
		}
		if total *= d; total > maxBytes { // never above 2^30 * 2^12
			return nil, 0, fmt.Errorf("claims more than %d bytes, the limit", maxBytes)
		}
		dims = append(dims, int(d))
	}
	return dims, total, nil
}

// kind says in words what a magic number announces.
func kind(magic []byte) string {
	switch string(magic) {
	case "\x00\x00\x08\x03":
		return "IDX images"
	case "\x00\x00\x08\x01":
		return "IDX labels"
	}
	return "something else"
}

// product is dims as a product: "60000 x 28 x 28".
func product(dims []int) string {
	return strings.Join(strings.Fields(strings.Trim(fmt.Sprint(dims), "[]")), " x ")
}

func cutShort(err error) bool {
	return err == io.EOF || err == io.ErrUnexpectedEOF
}

// brokenGzip words an error of the gzip reader; one of the file itself, whose
// text is the operating system's, passes through.
func brokenGzip(err error) error {
	if cutShort(err) {
		return errors.New("cut short inside its gzip")
	}
	if strings.HasPrefix(err.Error(), "gzip: ") || strings.HasPrefix(err.Error(), "flate: ") {
		return fmt.Errorf("cannot unzip: %w", err)
	}
	return err
}
