// Package plan makes a graph run: at given sizes it becomes steps over numbered
// buffers, with layers joined to what follows them, weights packed, and all
// buffers laid into one block of memory. Sizes are numbers here. A model whose
// sizes change has a plan for each.
//
// What must be known to plan a node, such as the condition of an If or the
// shape of a Reshape, may be computed by the model itself. Then the plan ends
// before that node (a cut); when a run comes to it, the rest is planned with
// what is known by then.
//
// The way of a plan: build.go walks the graph, control.go and sequence.go decide
// what has subgraphs and lists, lower.go and general.go append steps, layout.go
// says in which order values lie in memory, arena.go where; run.go runs them.
package plan
