package calc

// The limits. Exceeding one is an error with a code of its own, never a trap.
const (
	MaxSource      = 16 << 10  // bytes of a source
	MaxSteps       = 1_000_000 // of all evaluations that share a Scope; an addition is one
	MaxNames       = 1_000     // variables and definitions of a Scope
	MaxCurves      = 8         // of a plot
	maxNameLength  = 64        // code points of a name
	maxNesting     = 200       // nested parentheses, calls, prefixes, powers and conditionals
	maxNodes       = 10_000    // instructions of a program
	maxParameters  = 32        // of a definition
	maxCalls       = 1_000     // nested calls of definitions
	maxStack       = 1 << 16   // values that wait for their operator, over all calls
	maxLoops       = 1_000     // nested sums and products, over all calls
	maxDefinitions = 50_000    // instructions of all compiled definitions of a Scope
	maxBytes       = 256 << 10 // of the names and sources of a Scope
)
