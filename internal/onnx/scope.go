package onnx

// This file is the names of values: which are made, which are read, and where.
// Nodes stand in any order, so a name that is read may be made later, in the
// same graph or in one around it.

// scope is the names of one graph or function while it is read.
type scope struct {
	function bool             // in a function, where attributes may refer to its own
	made     map[string]maker // nil: nothing
	open     map[string]read  // what is read, and not made in an inner scope; nil: nothing
}

// maker is what makes a value.
type maker uint8

const (
	byInitializer maker = 1 << iota
	byInput
	byNode
)

// read is where a name is read first: the offset of a node, or of an output.
type read struct {
	at     int
	output bool
}

// enter begins a scope within the current one, which the caller hands to leave.
func (d *decoder) enter() (outer *scope) {
	outer = d.scope
	d.scope = &scope{function: outer != nil && outer.function}
	return outer
}

// makes notes that a value is made, and reports whether its name was free. One
// name may belong to an initializer and to an input, whose value it then is when
// the input is not given.
func (d *decoder) makes(name string, by maker) (free bool) {
	if d.scope.made == nil {
		d.scope.made = make(map[string]maker)
	}
	before := d.scope.made[name]
	d.scope.made[name] = before | by
	return before == 0 || before&by == 0 && before|by < byNode
}

// reads notes that a name is read.
func (d *decoder) reads(name string, r read) {
	if d.scope.open == nil {
		d.scope.open = make(map[string]read)
	}
	if _, again := d.scope.open[name]; !again {
		d.scope.open[name] = r
	}
}

// leave ends a scope. What it reads and does not make is read from the outer
// one; without an outer one, that is an error.
func (d *decoder) leave(outer *scope) {
	s := d.scope
	d.scope = outer
	// Go over the smaller map, so that names pass many scopes at little cost.
	if len(s.made) < len(s.open) {
		for name := range s.made {
			delete(s.open, name)
		}
	} else {
		for name := range s.open {
			if s.made[name] != 0 {
				delete(s.open, name)
			}
		}
	}
	if outer == nil {
		d.unmade(s.open)
		return
	}
	if len(outer.open) < len(s.open) {
		outer.open, s.open = s.open, outer.open
	}
	for name, r := range s.open {
		if other, ok := outer.open[name]; !ok || r.at < other.at {
			outer.open[name] = r
		}
	}
}

// unmade fails for the first name in the input that nothing makes.
func (d *decoder) unmade(open map[string]read) {
	missing := ""
	var first read
	for name, r := range open {
		if missing == "" || r.at < first.at || r.at == first.at && name < missing {
			missing, first = name, r
		}
	}
	switch {
	case missing == "":
	case first.output:
		d.fail(first.at, "output %q: nothing makes it", missing)
	default:
		f, _ := d.field(span{nodeMessage, first.at, len(d.buf)}, first.at)
		d.items, d.spent = 0, 0 // for what is read a second time
		body := span{nodeMessage, f.from, f.to}
		n := d.nodeNames(body, d.tally(body))
		d.fail(first.at, "node %q (%s) reads %q, which nothing makes", n.Label(), n.Op, missing)
	}
}
