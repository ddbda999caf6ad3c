package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/ganlet/ganlet/cmd/internal/atomicfile"
	"github.com/ganlet/ganlet/cmd/internal/cli"
	"github.com/ganlet/ganlet/gan"
)

// This file is the run folder: what its files are called and how they are
// replaced, so that a run can be stopped at any moment and continued.

// folder is the path of a run folder.
type folder string

func (f folder) model() string      { return filepath.Join(string(f), "model.onnx") }
func (f folder) best() string       { return filepath.Join(string(f), "best.onnx") }
func (f folder) checkpoint() string { return filepath.Join(string(f), "checkpoint") }
func (f folder) previous() string   { return filepath.Join(string(f), "checkpoint.old") }
func (f folder) config() string     { return filepath.Join(string(f), "config.json") }
func (f folder) log() string        { return filepath.Join(string(f), "log.jsonl") }
func (f folder) samples() string    { return filepath.Join(string(f), "samples") }

func (f folder) sheet(step int) string {
	return filepath.Join(f.samples(), fmt.Sprintf("%06d.png", step))
}

// vacant returns an error if the folder holds a run that a new one would
// overwrite.
func (f folder) vacant() error {
	for _, path := range []string{f.checkpoint(), f.previous(), f.model()} {
		if _, err := os.Lstat(path); err == nil {
			return cli.Hintf(fmt.Errorf("%q holds a run already: there is %s", string(f), filepath.Base(path)),
				"continue it with --resume, or name another folder with --out")
		}
	}
	return nil
}

// unsaved reports that the folder has no checkpoint, damaged or old.
func (f folder) unsaved() bool {
	for _, path := range []string{f.checkpoint(), f.previous()} {
		if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
			return false
		}
	}
	return true
}

// make makes the folder, locks it and writes the plan into it. What a run that
// was killed was writing goes.
func (f folder) make(p *plan) (release func(), err error) {
	if err := os.MkdirAll(f.samples(), 0o777); err != nil {
		return nil, fmt.Errorf("cannot make the run folder %q: %w", string(f), cli.Cause(err))
	}
	if release, err = f.lock(); err != nil {
		return nil, err
	}
	if err = f.write(p); err != nil {
		release()
	}
	return release, err
}

// write writes the plan into the folder, after cleaning it.
func (f folder) write(p *plan) error {
	for _, dir := range []string{string(f), f.samples()} {
		if err := atomicfile.Clean(dir); err != nil {
			return fmt.Errorf("cannot clean the run folder: %w", err)
		}
	}
	b, err := p.marshal()
	if err != nil {
		return err
	}
	return atomicfile.WriteBytes(f.config(), b)
}

// plan reads the plan of the folder's run.
func (f folder) plan() (*plan, error) {
	b, err := os.ReadFile(f.config())
	if err != nil {
		return nil, cli.Hintf(fmt.Errorf("%q holds no run to resume: config.json: %w", string(f), cli.Cause(err)), "without --resume a new run begins")
	}
	p, err := parsePlan(b)
	if err != nil {
		return nil, fmt.Errorf("%q: %w", f.config(), err)
	}
	return p, nil
}

// load reads the folder's checkpoint; set may be nil, to export only.
func (f folder) load(set gan.Dataset, threads int) (*gan.Trainer, error) {
	c, err := os.Open(f.checkpoint())
	if err != nil {
		return nil, f.advise(fmt.Errorf("%q holds no checkpoint: %w", string(f), cli.Cause(err)))
	}
	defer c.Close()
	t, err := gan.Resume(bufio.NewReader(c), set, threads)
	if err != nil {
		return nil, f.advise(fmt.Errorf("%q: %w", f.checkpoint(), err))
	}
	return t, nil
}

// advise says what to do without a checkpoint.
func (f folder) advise(err error) error {
	if _, e := os.Stat(f.previous()); e == nil {
		return cli.Hintf(err, "%q is the checkpoint before it: rename it to %q to continue there", f.previous(), f.checkpoint())
	}
	return err
}

// save replaces the checkpoint. The one before it becomes checkpoint.old; at
// no moment is there none.
func (f folder) save(t *gan.Trainer) error {
	next := f.checkpoint() + ".new"
	defer os.Remove(next)
	if err := atomicfile.Write(next, t.Save); err != nil {
		return err
	}
	if _, err := os.Stat(f.checkpoint()); err == nil {
		if err := retain(f.checkpoint(), f.previous()); err != nil {
			return fmt.Errorf("cannot write %q: %w", f.previous(), cli.Cause(err))
		}
	}
	if err := os.Rename(next, f.checkpoint()); err != nil {
		return fmt.Errorf("cannot write %q: %w", f.checkpoint(), cli.Cause(err))
	}
	atomicfile.SyncFolder(string(f))
	return nil
}

// retain gives the file at path a second name, old, whatever had it; or, on a
// file system without hard links, a copy.
func retain(path, old string) error {
	if err := os.Remove(old); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if os.Link(path, old) == nil {
		return nil
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return atomicfile.WriteBytes(old, b)
}

// record is a line of log.jsonl.
type record struct {
	gan.Stats
	Rate    float64 `json:"images_per_s"` // real images, since the line before
	Seconds float64 `json:"seconds"`      // of training, since the run's first step

	Metrics map[string]float64 `json:"metrics,omitempty"` // of the generator as it was exported, by the figures' names
}

// logUntil reads log.jsonl up to a step: the lines that stay and how many bytes
// they take, and the seconds of training till then. A run that was killed wrote
// lines of steps after its last checkpoint; they count no more. The line with
// which a session ended goes, unless every log has it or it has metrics: a run
// that was stopped has in the end the lines of one that was not.
func (f folder) logUntil(step int) (past []record, seconds float64, length int, err error) {
	b, err := os.ReadFile(f.log())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, 0, 0, nil
	}
	if err != nil {
		return nil, 0, 0, fmt.Errorf("cannot read %q: %w", f.log(), cli.Cause(err))
	}
	for line := range bytes.Lines(b) {
		var r record
		// A line cut short by a crash is the last, and dropped as well.
		if json.Unmarshal(line, &r) != nil || r.Step > step || !bytes.HasSuffix(line, []byte("\n")) {
			break
		}
		seconds = r.Seconds
		if regular(r.Step) || r.Metrics != nil {
			past = append(past, r)
			length += len(line)
		}
	}
	return past, seconds, length, nil
}

// openLog opens log.jsonl to add lines after the first keep bytes.
func (f folder) openLog(keep int) (io.WriteCloser, error) {
	w, err := os.OpenFile(f.log(), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o666)
	if err != nil {
		return nil, fmt.Errorf("cannot write %q: %w", f.log(), cli.Cause(err))
	}
	info, err := w.Stat()
	if err == nil && info.Size() > int64(keep) {
		err = w.Truncate(int64(keep))
	}
	if err != nil {
		w.Close()
		return nil, fmt.Errorf("cannot write %q: %w", f.log(), cli.Cause(err))
	}
	return w, nil
}
