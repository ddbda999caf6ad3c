package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/ganlet/ganlet/cmd/internal/atomicfile"
	"github.com/ganlet/ganlet/cmd/internal/cli"
	"github.com/ganlet/ganlet/cmd/internal/judge"
	"github.com/ganlet/ganlet/gan"
)

// This file is the loop of a training: steps, and what is due after each.

// session is one part of a run: from its start, or from where it was resumed,
// to the end of its budget or a signal.
type session struct {
	folder  folder
	plan    *plan
	trainer *gan.Trainer
	data    gan.Dataset
	stderr  io.Writer
	target  int // steps, or 0: the budget is a time

	keep    int       // bytes of the log that are of steps done
	before  float64   // seconds of training in earlier sessions
	started time.Time // this session's first step
	first   int       // steps done by then
	log     io.WriteCloser
	logged  record   // the last line of the log
	past    []record // the lines of the log
	best    *record  // that of the best metrics; nil: there are none yet
	rate    float64  // real images per second of late
	saved   int      // step of the checkpoint, or -1
	sampled int      // step of the last contact sheet, or -1

	moment    *moment         // the last one exported, or nil
	reference judge.Reference // that samples are held against; nil until they are
}

// begin works out where the run stands. It writes nothing.
func (s *session) begin() (err error) {
	s.first, s.saved, s.sampled = s.trainer.Steps(), -1, -1
	if s.first > 0 {
		s.saved = s.first
		if s.past, s.before, s.keep, err = s.folder.logUntil(s.first); err != nil {
			return err
		}
		for i := range s.past {
			s.compare(&s.past[i])
		}
	}
	s.logged = record{Stats: gan.Stats{Step: s.first}, Seconds: s.before}
	s.started = time.Now()
	if s.done(s.first) >= 1 {
		return cli.Hintf(fmt.Errorf("the run in %q has done its %v", s.folder, s.plan.Budget),
			"give it more with --steps, --epochs or --time, counted from its first step")
	}
	return nil
}

// train runs the steps.
func (s *session) train() error {
	release, err := s.folder.make(s.plan)
	if err != nil {
		return err
	}
	defer release()
	// What lives, images and the results of operators, is large, and garbage is
	// collected for little: most of it has no pointers.
	defer debug.SetGCPercent(debug.SetGCPercent(20))
	if s.log, err = s.folder.openLog(s.keep); err != nil {
		return err
	}
	defer s.log.Close()
	for _, line := range s.plan.describe(s.folder) {
		fmt.Fprintf(s.stderr, "gantrain: %s\n", line)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	if s.first > 0 {
		fmt.Fprintf(s.stderr, "gantrain: resumed at step %d\n", s.first)
	}
	p := newProgress(s.stderr, s.plan.Config.Loss, s.first)
	defer p.end()
	s.started = time.Now()
	return s.steps(ctx, p)
}

func (s *session) steps(ctx context.Context, p *progress) error {
	for {
		begun := time.Now()
		s.trainer.SetProgress(s.done(s.trainer.Steps()))
		stats, err := s.trainer.Step()
		if err != nil {
			return s.lost(s.keepWhatIsDone(err))
		}
		s.measure(time.Since(begun))
		done := s.done(stats.Step)
		stopped := ctx.Err() != nil
		last := done >= 1 || stopped
		p.show(&state{Stats: stats, target: s.target, done: done, rate: s.rate, left: s.left(stats.Step)})
		if last {
			p.end()
		}
		var metrics map[string]float64
		if every := s.plan.EvalEvery; every > 0 && (done >= 1 || stats.Step%every == 0) {
			if metrics, err = s.evaluate(p); err != nil {
				return err
			}
		}
		// The log comes before the checkpoint, whose steps it must have.
		if err := s.record(stats, metrics, last); err != nil {
			return err
		}
		if metrics != nil || done >= 1 {
			for _, f := range s.verdict() {
				p.say("gantrain: " + f.String())
			}
		}
		if err := s.write(stats.Step, last); err != nil {
			return err
		}
		switch {
		case done >= 1:
			return nil
		case stopped:
			return cli.Hintf(fmt.Errorf("stopped by a signal after step %d of %v; %s and %s are of that step", stats.Step, s.plan.Budget, s.folder.checkpoint(), s.folder.model()),
				"gantrain --resume%s continues", s.folder.flag())
		}
	}
}

// flag is how --out names the folder, if it must.
func (f folder) flag() string {
	if f == "run" {
		return ""
	}
	return fmt.Sprintf(" --out %s", quoted(string(f)))
}

// seconds is the run's time of training up to now.
func (s *session) seconds() float64 { return s.before + time.Since(s.started).Seconds() }

// done is the part of the budget that is used up after a step.
func (s *session) done(step int) float64 {
	if s.target > 0 {
		return float64(step) / float64(s.target)
	}
	return s.seconds() / time.Duration(s.plan.Budget.Time).Seconds()
}

// left is the time till the budget is used up.
func (s *session) left(step int) time.Duration {
	seconds := time.Duration(s.plan.Budget.Time).Seconds() - s.seconds()
	if s.target > 0 {
		now := time.Since(s.started).Seconds() // contact sheets and checkpoints included
		seconds = now / float64(step-s.first) * float64(s.target-step)
	}
	return time.Duration(max(0, seconds) * float64(time.Second))
}

// measure takes the time of a step into the rate, of which the last twenty
// steps are the larger part.
func (s *session) measure(step time.Duration) {
	now := float64(s.plan.Config.RealImages()) / max(step.Seconds(), 1e-9)
	if s.rate == 0 {
		s.rate = now
	}
	s.rate = 1 / (0.95/s.rate + 0.05/now)
}

// logEvery is the steps between two lines of the log.
const logEvery = 10

// regular says that every log has a line of a step, whether there are metrics
// or not.
func regular(step int) bool { return step == 1 || step%logEvery == 0 }

// record adds a line to the log if it is time, there are metrics, or it is the
// last.
func (s *session) record(stats gan.Stats, metrics map[string]float64, last bool) error {
	if !regular(stats.Step) && metrics == nil && !last {
		return nil
	}
	r := record{Stats: stats, Seconds: s.seconds(), Metrics: metrics}
	r.Rate = float64((stats.Step-s.logged.Step)*s.plan.Config.RealImages()) / max(r.Seconds-s.logged.Seconds, 1e-9)
	line, err := json.Marshal(&r)
	if err != nil {
		return err
	}
	if _, err := s.log.Write(append(line, '\n')); err != nil {
		return fmt.Errorf("cannot write %q: %w", s.folder.log(), cli.Cause(err))
	}
	s.logged = r
	s.past = append(s.past, r)
	s.compare(&r)
	return nil
}

// compare takes a line of the log for the best, if it is.
func (s *session) compare(r *record) {
	if r.Metrics != nil && (s.best == nil || better(r.Metrics, s.best.Metrics)) {
		s.best = r
	}
}

// write writes the model, the checkpoint and the contact sheet that are due
// after a step. The model comes first: it fails if a weight is not finite, and
// then the checkpoint stays what it was.
func (s *session) write(step int, last bool) error {
	sample, save := last || step%s.plan.SampleEvery == 0, last || step%s.plan.SaveEvery == 0
	if !sample && !save {
		return nil
	}
	at, err := s.now()
	if err != nil {
		return err
	}
	if save {
		if err := atomicfile.WriteBytes(s.folder.model(), at.model); err != nil {
			return err
		}
		if err := s.folder.save(s.trainer); err != nil {
			return err
		}
		s.saved = step
	}
	if sample {
		if err := writeSheet(s.folder.sheet(step), at.model, at.generator, s.plan.Config.Seed); err != nil {
			return err
		}
		s.sampled = step
	}
	return nil
}

// keepWhatIsDone saves the steps before one whose images could not be had; it
// returns the error of that.
func (s *session) keepWhatIsDone(err error) error {
	var unread *gan.DataError
	if step := s.trainer.Steps(); errors.As(err, &unread) && step > s.first && step != s.saved {
		if e := s.write(step, true); e != nil {
			return fmt.Errorf("%w; and %w", err, e)
		}
	}
	return err
}

// lost is the error of a training that cannot go on.
func (s *session) lost(err error) error {
	var unread *gan.DataError
	if errors.As(err, &unread) {
		if s.saved < 0 {
			return err
		}
		return cli.Hintf(err, "once the image is mended, gantrain --resume%s continues from step %d", s.folder.flag(), s.saved)
	}
	if s.saved < 0 {
		return cli.Hintf(err, "nothing was saved yet; try a smaller --lr")
	}
	return cli.Hintf(err, "%s and %s are of step %d; a run with a smaller --lr may get further", s.folder.checkpoint(), s.folder.model(), s.saved)
}
