// Package op is the operators of ONNX, and of com.microsoft where ONNX Runtime's
// optimiser writes them: a file a family, a keyed row an operator. A row owns all
// that is known of its operator: how many inputs it has, its attributes, how its
// older versions become the newest (Raise), which types it takes and which
// results it has (Make, which checks a node and returns the plain Go function
// that computes it), and, where a kernel of its own does better, how it becomes
// a layer (Layer).
//
// To add an operator, write one function and one row in the file of its family,
// and a test. Package graph raises and folds nodes by these rows, package plan
// makes steps of them; this package knows neither.
//
// Sizes are numbers here. What an operator needs to know beyond them, such as
// the axes of a reduction or the shape of a Reshape, it asks of its node
// (Node.Ints); if that is computed only when the model runs, the planner waits.
//
// The table is data that the linker lays out, as far as it can be: a Make is a
// plain function, and where several operators share one, How says which of them a
// row is. Functions that are called a few times a node or a step, and stand in a
// hundred places, are marked noinline: inlined, they were a third of the package.
package op
