package npy

// This file parses the one Python literal a .npy header holds: a dict of
// exactly descr, fortran_order and shape, in any order.

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

type dict struct {
	descr   string
	fortran bool
	shape   []int
}

// parseDict parses header, the padding after it included.
func parseDict(header string) (d dict, err error) {
	p := parser{rest: header}
	if !p.take("{") {
		return d, p.want("a dict")
	}
	seen := map[string]bool{}
	for !p.take("}") {
		key, err := p.text()
		if err != nil {
			return d, err
		}
		if seen[key] {
			return d, fmt.Errorf("has %q twice", key)
		}
		seen[key] = true
		if !p.take(":") {
			return d, p.want("a colon")
		}
		switch key {
		case "descr":
			if p.take("[") {
				return d, errors.New("descr is a list, a structured type, want one type")
			}
			d.descr, err = p.text()
		case "fortran_order":
			d.fortran, err = p.truth()
		case "shape":
			d.shape, err = p.tuple()
		default:
			err = fmt.Errorf("has %q, want descr, fortran_order and shape", key)
		}
		if err != nil {
			return d, err
		}
		if !p.take(",") && !p.at("}") {
			return d, p.want("a comma or the dict's end")
		}
	}
	for _, key := range []string{"descr", "fortran_order", "shape"} {
		if !seen[key] {
			return d, fmt.Errorf("has no %q", key)
		}
	}
	if p.at(""); p.rest != "" {
		return d, p.want("nothing after the dict")
	}
	return d, nil
}

// parser takes tokens from the front of rest, white space before them too.
type parser struct{ rest string }

func (p *parser) at(token string) bool {
	p.rest = strings.TrimLeft(p.rest, " \t\n\r")
	return strings.HasPrefix(p.rest, token)
}

func (p *parser) take(token string) bool {
	if !p.at(token) {
		return false
	}
	p.rest = p.rest[len(token):]
	return true
}

func (p *parser) want(what string) error {
	found := p.rest
	if len(found) > 20 {
		found = found[:20]
	}
	return fmt.Errorf("found %q, want %s", found, what)
}

// text takes a string in either kind of quotes, without escapes.
func (p *parser) text() (string, error) {
	for _, quote := range []string{"'", `"`} {
		if p.at(quote) {
			s, rest, ok := strings.Cut(p.rest[1:], quote)
			if !ok || strings.ContainsAny(s, "\\\n") {
				return "", p.want("a plain string")
			}
			p.rest = rest
			return s, nil
		}
	}
	return "", p.want("a string")
}

func (p *parser) truth() (bool, error) {
	switch {
	case p.take("False"):
		return false, nil
	case p.take("True"):
		return true, nil
	}
	return false, p.want("True or False")
}

// tuple takes a tuple of numbers: () (3,) (3, 4) (3, 4,).
func (p *parser) tuple() ([]int, error) {
	if !p.take("(") {
		return nil, p.want("a tuple")
	}
	shape := []int{}
	for !p.take(")") {
		digits := p.digits()
		n, err := strconv.ParseInt(digits, 10, 64)
		if err != nil || n > maxSide {
			return nil, p.wantSide(digits)
		}
		p.take("L") // Python 2 writes a long as 3L
		shape = append(shape, int(n))
		if len(shape) > maxRank {
			return nil, fmt.Errorf("shape has more than %d sides", maxRank)
		}
		if !p.take(",") && (len(shape) < 2 || !p.at(")")) {
			return nil, p.want("a comma")
		}
	}
	return shape, nil
}

func (p *parser) digits() string {
	p.at("")
	n := 0
	for n < len(p.rest) && '0' <= p.rest[n] && p.rest[n] <= '9' {
		n++
	}
	digits := p.rest[:n]
	p.rest = p.rest[n:]
	return digits
}

func (p *parser) wantSide(digits string) error {
	if digits == "" {
		return p.want("a side of the shape")
	}
	return fmt.Errorf("shape has a side of %.20s, want at most %d", digits, maxSide)
}
