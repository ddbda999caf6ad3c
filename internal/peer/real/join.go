package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// This file puts together what @imgly/background-removal-data keeps in pieces.

// resource is a file in pieces.
type resource struct {
	Size   int64
	Chunks []struct {
		Hash    string   // SHA-256 in hexadecimal; the name of its file
		Offsets [2]int64 // where it begins and ends
	}
}

// join writes the resource of a name to w. The folder has resources.json and the pieces, whose hashes are checked.
func join(w io.Writer, folder, name string) error {
	data, err := os.ReadFile(filepath.Join(folder, "resources.json"))
	if err != nil {
		return err
	}
	var resources map[string]resource
	if err := json.Unmarshal(data, &resources); err != nil {
		return fmt.Errorf("resources.json: %w", err)
	}
	r, ok := resources[name]
	if !ok {
		return fmt.Errorf("resources.json has no %q", name)
	}
	at := int64(0)
	for _, c := range r.Chunks {
		piece, err := os.ReadFile(filepath.Join(folder, filepath.Base(c.Hash)))
		if err != nil {
			return err
		}
		if sum := sha256.Sum256(piece); hex.EncodeToString(sum[:]) != c.Hash {
			return fmt.Errorf("the piece %s has hash %x", c.Hash, sum)
		}
		if end := at + int64(len(piece)); c.Offsets != [2]int64{at, end} {
			return fmt.Errorf("the piece %s is for bytes %v, want [%d %d]", c.Hash, c.Offsets, at, end)
		}
		if _, err := w.Write(piece); err != nil {
			return err
		}
		at += int64(len(piece))
	}
	if at != r.Size {
		return fmt.Errorf("%q has %d bytes, want %d", name, at, r.Size)
	}
	return nil
}
