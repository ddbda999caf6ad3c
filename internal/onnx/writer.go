package onnx

import (
	"math"

	"google.golang.org/protobuf/encoding/protowire"
)

// This file is the encoder's lower half: fields of protocol-buffer messages.

// writer is the bytes so far.
type writer []byte

func (w *writer) int(num int, v int64) {
	*w = protowire.AppendTag(*w, protowire.Number(num), protowire.VarintType)
	*w = protowire.AppendVarint(*w, uint64(v))
}

func (w *writer) float(num int, v float32) {
	*w = protowire.AppendTag(*w, protowire.Number(num), protowire.Fixed32Type)
	*w = protowire.AppendFixed32(*w, math.Float32bits(v))
}

func (w *writer) bytes(num int, v []byte) {
	*w = protowire.AppendTag(*w, protowire.Number(num), protowire.BytesType)
	*w = protowire.AppendBytes(*w, v)
}

func (w *writer) text(num int, v string) {
	*w = protowire.AppendTag(*w, protowire.Number(num), protowire.BytesType)
	*w = protowire.AppendString(*w, v)
}

// optional writes a string unless it is empty.
func (w *writer) optional(num int, v string) {
	if v != "" {
		w.text(num, v)
	}
}

// message writes what body writes as a field.
func (w *writer) message(num int, body func(*writer)) {
	var inner writer
	body(&inner)
	w.bytes(num, inner)
}

// texts writes a repeated string.
func (w *writer) texts(num int, list []string) {
	for _, v := range list {
		w.text(num, v)
	}
}

// entry writes a StringStringEntryProto.
func (w *writer) entry(num int, key, value string) {
	w.message(num, func(w *writer) {
		w.text(entryKey, key)
		w.text(entryValue, value)
	})
}
