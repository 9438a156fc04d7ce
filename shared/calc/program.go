package calc

// opcode is what an instruction does. A program is a tree in postfix order: the code of a node follows
// that of its operands. Between them stand a few jumps, which are no nodes; Parsed steps over them.
type opcode uint8

const (
	opReturn opcode = iota // the end of a program or of a definition's body: its value is on top

	// Leaves push a value.
	opNumber    // value; a constant if id is not 0
	opFolded    // the value of the instruction at index, known since parsing; goes on after it
	opVariable  // the name in the source; index is where the scope had it last
	opParameter // the parameter index of the present call
	opIndex     // the index variable of the loop that encloses index others
	opAnswer

	// Operators of one operand.
	opNegate
	opNot
	opFactorial
	opPercent   // x/100
	opPercentOf // nothing: the operator that follows, opAddPercent or opSubtractPercent, does it

	// Operators of two operands.
	opAdd
	opSubtract
	opAddPercent
	opSubtractPercent
	opMultiply
	opDivide
	opModulo
	opFloorDivide
	opPower
	opEqual
	opNotEqual
	opLess
	opLessEqual
	opGreater
	opGreaterEqual
	opChain // the comparison id of a chain: if it fails, 0 and on to index; else its right operand stays
	opAnd   // 1 or 0 by the right operand
	opOr

	opSelect // the end of a conditional: a node of three operands, nothing to do

	// Calls: index is the number of arguments of a built-in function, id that of a definition's call.
	opFunction // the built-in function id
	opCall     // the definition of the name in the source; index is where the scope had it last
	opSeries   // sum and prod (id) over an index: operands are the body and the two ends; index is the body

	// A plot: the machine jumps over its curves; Curve runs one alone.
	opCurve // end of the curve that begins at index and costs value steps
	opPlot  // index operands: the curves and the two ends of the range

	// Control: no nodes.
	opBranch // to index if the top is 0, which it drops
	opJump   // to index
	opTest   // before the right operand of and, or (id): to index if the left one decides
	opNext   // end of a series' body: the next round at index, which costs value steps

	// Statements.
	opDrop   // the value of the statement before
	opAssign // the top to the name in the source
	opDefine // the definition that is statement value; index is after the body
)

// instruction is one step of a program. The place in the source, offset and length, is what an error
// points at, and for names it is the name itself.
type instruction struct {
	value  float64
	index  uint16
	offset uint16
	length uint16
	op     opcode
	id     uint8
}

// span is a piece of the source.
type span struct{ offset, length uint16 }

// in gives the text of the span.
func (s span) in(source string) string { return source[s.offset:][:s.length] }

// statement is a part of a program that has a kind of its own.
type statement struct {
	kind       Kind
	name       span   // of an assignment or definition, or of the variable of a plot
	start, end uint16 // its code: that of the value or body alone
	parameters uint16 // of a definition: where they begin in Program.parameters
	count      uint16 // of a definition: how many they are
}

// Program is a source that has been understood. It belongs to the Calculator that parsed it, and is valid until the
// next Parse.
type Program struct {
	origin     string // the source
	code       []instruction
	statements []statement
	parameters []span
	curves     []uint16 // of a plot: where its curves end, each an opCurve
	stack      int      // values that it needs room for
	cost       int      // steps of one run, loops and calls not counted
	ans        bool
	random     bool
	assigns    bool
}

// UsesAns reports whether the program needs Scope.Ans.
func (p *Program) UsesAns() bool { return p.ans }

// UsesRandom reports whether the program itself, not a definition of the scope that it calls, needs Scope.Random.
func (p *Program) UsesRandom() bool { return p.random }

// Assigns reports whether the program sets a variable or makes a definition.
func (p *Program) Assigns() bool { return p.assigns }

// Kind is what a statement is.
type Kind uint8

// The kinds. That of a program is the kind of its last statement.
const (
	Value Kind = iota
	Assignment
	Definition
	Plot // always the last statement
)

// String gives "value", "assignment", "definition" or "plot".
func (k Kind) String() string {
	switch k {
	case Assignment:
		return "assignment"
	case Definition:
		return "definition"
	case Plot:
		return "plot"
	}
	return "value"
}

// HasValue reports whether a statement of the kind has a value, which becomes the previous result.
func (k Kind) HasValue() bool { return k == Value || k == Assignment }

// Kind is that of the last statement.
func (p *Program) Kind() Kind { return p.statements[len(p.statements)-1].kind }
