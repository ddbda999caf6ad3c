// Package cli is what gantrain and ganinfer share as programs: how flags are
// parsed, how a run ends, and where its output goes. What a command does is
// its own.
package cli

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/spf13/pflag"
)

// Exit codes of both programs.
const (
	exitFailed = 1
	exitUsage  = 2
)

// flagError is a mistake in a flag.
type flagError struct{ error }

func (e *flagError) Unwrap() error { return e.error }

// usageError is a mistake in the form of the command line.
type usageError struct{ error }

func (e *usageError) Unwrap() error { return e.error }

// Flagf is an error in a flag: unknown, malformed, or not possible with the
// others. The user is pointed to the help.
func Flagf(format string, args ...any) error {
	return &flagError{fmt.Errorf(format, args...)}
}

// Usagef is an error in the form of the command line, a subcommand or an
// argument too few or too many, which ends a program with code 2 rather than 1.
func Usagef(format string, args ...any) error {
	return &usageError{fmt.Errorf(format, args...)}
}

// hinted is an error and what to do about it.
type hinted struct {
	error
	hint string
}

func (e *hinted) Unwrap() error { return e.error }

// Hintf adds to err, for the user, what to do about it.
func Hintf(err error, format string, args ...any) error {
	return &hinted{err, fmt.Sprintf(format, args...)}
}

// Exit says on stderr how a program ended, an error in one line with its hint
// in parentheses, and returns the exit code.
func Exit(prog string, stderr io.Writer, err error) int {
	if err == nil {
		return 0
	}
	var f *flagError
	var u *usageError
	var h *hinted
	usage := errors.As(err, &u)
	line := fmt.Sprintf("%s: error: %v", prog, err)
	switch {
	case errors.As(err, &h):
		line += " (" + h.hint + ")"
	case usage || errors.As(err, &f):
		line += " (" + prog + " --help shows how)"
	}
	fmt.Fprintln(stderr, Visible(line))
	if usage {
		return exitUsage
	}
	return exitFailed
}

// Visible is s, words that may hold what a file of unknown origin says, safe for a
// terminal: line breaks are spaces, and other characters that cannot be seen are
// as Go writes them, such as \x1b.
func Visible(s string) string {
	s = strings.Join(strings.FieldsFunc(s, isBreak), " ")
	var b strings.Builder
	for i, r := range s {
		_, size := utf8.DecodeRuneInString(s[i:])
		if q := strconv.Quote(s[i : i+size]); !unicode.IsPrint(r) || r == utf8.RuneError && size == 1 {
			b.WriteString(q[1 : len(q)-1])
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

func isBreak(r rune) bool { return r == '\n' || r == '\r' }

// Printable is s, which a file of unknown origin may say, safe for a terminal: in
// Go's quotes if it has characters that cannot be seen.
func Printable(s string) string {
	if q := strconv.Quote(s); q != `"`+s+`"` {
		return q
	}
	return s
}

// Flags returns an empty set of flags for Parse. Usage lists them in the order
// in which they are defined.
func Flags() *pflag.FlagSet {
	fs := pflag.NewFlagSet("", pflag.ContinueOnError)
	fs.SortFlags = false
	fs.SetOutput(io.Discard)
	fs.Usage = func() {}
	return fs
}

// Parse parses args. If they ask for help, it writes text to stdout, with the
// flags of fs in the place of the line "FLAGS", and reports true: the program
// is then done. Command is how the program was called, such as "ganinfer run",
// for the hint of an error.
func Parse(fs *pflag.FlagSet, command string, args []string, text string, stdout io.Writer) (helped bool, err error) {
	switch err := fs.Parse(args); {
	case errors.Is(err, pflag.ErrHelp):
		return true, Text(stdout, func(w io.Writer) error {
			_, err := io.WriteString(w, strings.Replace(text, "FLAGS\n", usages(fs), 1))
			return err
		})
	case err != nil:
		return false, Hintf(Flagf("%v", err), "%s --help lists the flags", command)
	}
	return false, nil
}

// usages lists the flags of fs.
func usages(fs *pflag.FlagSet) string {
	const values = "[=true|false]" // goes without saying
	return strings.ReplaceAll(fs.FlagUsagesWrapped(90), values, strings.Repeat(" ", len(values)))
}

// Arguments returns an error unless fs has exactly the arguments named.
func Arguments(fs *pflag.FlagSet, command string, names ...string) error {
	want := strings.Join(append([]string{command}, names...), " ")
	if n := len(names); fs.NArg() > n {
		return Hintf(Usagef("unexpected argument %q", fs.Arg(n)), "the form is %s [flags]; %s --help shows more", want, command)
	}
	if n := fs.NArg(); n < len(names) {
		return Hintf(Usagef("%s is missing", names[n]), "the form is %s [flags]; %s --help shows more", want, command)
	}
	return nil
}
