package plan

import "github.com/ganlet/ganlet/infer/internal/graph"

// This file is the table of operators that are decided while planning.

// special plans a node of values that may be lists or absent.
type special func(b *builder, n *graph.Node, in []*value) error

// specialOf returns how an operator is decided, nil if it is computed.
func specialOf(name string, in []*value) special {
	switch name {
	case "If":
		return ifNode
	case "Loop":
		return loopNode
	case "Scan":
		return scanNode
	case "SequenceMap":
		return sequenceMap
	case "SequenceEmpty":
		return sequenceEmpty
	case "SequenceConstruct":
		return sequenceConstruct
	case "SequenceInsert":
		return sequenceInsert
	case "SequenceErase":
		return sequenceErase
	case "SequenceAt":
		return sequenceAt
	case "SequenceLength":
		return sequenceLength
	case "SplitToSequence":
		return splitToSequence
	case "ConcatFromSequence":
		return concatFromSequence
	case "Optional":
		return optional
	case "OptionalHasElement":
		return optionalHasElement
	case "OptionalGetElement":
		return optionalGetElement
	case "Identity":
		if len(in) == 1 && in[0] != nil && (in[0].isList || in[0].absent) {
			return optional
		}
	}
	return nil
}
