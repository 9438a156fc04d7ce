// Package calc is the language of the calculator: it parses a source into a program and evaluates it.
package calc

// Calculator parses and evaluates. Its zero value is ready. It keeps its memory: parsing and evaluating again
// allocates nothing. It must not be used by two goroutines at once.
type Calculator struct {
	parser parser
	stack  []float64
	calls  []call
	loops  []loop
	blank  Scope
}

// Result is what a program gives.
type Result struct {
	Kind  Kind    // of the last statement
	Value float64 // of the last statement; of an assignment the value assigned, of a definition 0
}

// Parse reads a source. The program is valid until the next Parse.
func (c *Calculator) Parse(source string) (*Program, *Error) {
	if err := c.parser.parse(source); err != nil {
		return nil, err
	}
	return &c.parser.Program, nil
}

// Evaluate runs a program. If it fails, the names of the scope are what they were before. A nil scope is an empty one.
func (c *Calculator) Evaluate(p *Program, scope *Scope) (Result, *Error) {
	if scope == nil {
		scope = &c.blank
		scope.Reset()
	}
	count := len(scope.entries)
	scope.undo = scope.undo[:0]
	value, err := c.run(p, scope)
	if err != nil {
		scope.rollback(count)
		return Result{}, err
	}
	return Result{Kind: p.Kind(), Value: value}, nil
}
