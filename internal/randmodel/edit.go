package randmodel

import "slices"

// This file is changes to bytes, of any format.

// Edit returns a copy of a file with a few changes, four bytes for each: what to
// do, where (two bytes) and with what. A fuzzer of long files gets such changes for
// its input, not the file: Go minimises what it finds, for up to a minute if the
// input is long.
func Edit(file, edits []byte) []byte {
	file = slices.Clone(file)
	for ; len(edits) >= 4; edits = edits[4:] {
		at := int(edits[1]) | int(edits[2])<<8
		if near := at & 0x8000; near != 0 {
			at &= 0x3ff // where formats have most of their structure
		}
		at %= len(file) + 1
		with, left := edits[3], len(file)-at
		switch edits[0] % 6 {
		case 0:
			if left > 0 {
				file[at] = with
			}
		case 1:
			if left > 0 {
				file[at] ^= 1 << (with % 8)
			}
		case 2:
			file = slices.Insert(file, at, with)
		case 3:
			file = slices.Delete(file, at, at+min(left, 1+int(with)))
		case 4:
			file = slices.Insert(file, at, file[at:at+min(left, 1+int(with))]...)
		case 5:
			word := words[int(with)%len(words)]
			copy(file[at:], word)
		}
	}
	return file
}

// words are numbers that formats may choke on, as text, varint and binary.
var words = []string{
	"0", "-1", "9", "1e9", "-1e308", "99999999999", "9223372036854775807", "null", "[]", "{}", "true", `""`, "",
	"\x00\x00\x00\x00", "\xff\xff\xff\xff", "\xff\xff\xff\x7f", "\x00\x00\x00\x80", "\x00\x00\x80\x7f", "\x00\x00\xc0\x7f",
	"\xff\xff\xff\xff\xff\xff\xff\xff\x7f", "\x80\x80\x80\x80\x08", "\xff\xff\xff\xff\x07", "\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01", "\x80\x01",
}
