//go:build linux || darwin || freebsd || netbsd || openbsd

package main

import (
	"errors"
	"fmt"
	"os"
	"syscall"

	"github.com/ganlet/ganlet/cmd/internal/cli"
)

// lock keeps other trainings out of the folder until it is released, or this
// process ends in whatever way. On a file system without locks it does nothing.
func (f folder) lock() (release func(), err error) {
	d, err := os.Open(string(f))
	if err != nil {
		return nil, fmt.Errorf("cannot open the run folder %q: %w", string(f), cli.Cause(err))
	}
	if err := syscall.Flock(int(d.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); errors.Is(err, syscall.EWOULDBLOCK) {
		d.Close()
		return nil, fmt.Errorf("another gantrain is training in %q", string(f))
	}
	return func() { d.Close() }, nil
}
