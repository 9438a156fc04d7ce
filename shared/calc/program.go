package calc

import (
	"strings"
	"unicode/utf8"

	"abacus/shared/units"
)

// opcode is what an instruction does. A program is a tree in postfix order: the code of a node
// follows that of its operands. The few jumps in between are not nodes; the printer skips them.
type opcode uint8

const (
	opReturn opcode = iota // the end of a program or of a definition's body: its value is on top

	// Leaves push a value.
	opNumber    // value; a constant if id is not 0
	opFolded    // the value of the instruction at index, known since parsing; continues after it
	opClock     // value hours: 12:30
	opVariable  // the name in the source; index is its entry in the scope at the last use
	opParameter // the parameter index of the current call
	opIndex     // the index variable of the loop that encloses index others
	opAnswer

	// Operators of one operand.
	opNegate
	opNot
	opBitNot
	opFactorial
	opPercent // gives a number the unit percent
	opConvert // to the target that is in the source at its place

	// Operators of two operands.
	opAdd
	opSubtract
	opMultiply // id 1: without an operator, as 5 km
	opDivide
	opModulo
	opFloorDivide
	opBitOr // of whole numbers, like those below
	opBitXor
	opBitAnd
	opShiftLeft
	opShiftRight
	opPower
	opExp // of the constant e: e^x is exp(x)
	opEqual
	opNotEqual
	opLess
	opLessEqual
	opGreater
	opGreaterEqual
	opChain // the comparison id of a chain: keeps its right operand, or 0 and to index if it fails
	opAnd   // 1 or 0 by the right operand
	opOr
	opParts // 5 ft 3 in
	opOf    // 15% of 80
	opOff   // 20% off 50
	opOn    // 5% on 80
	opShare // 30 as % of 200

	opSelect // the end of a conditional: a node of three operands that does nothing

	// Calls: index is the number of arguments of a built-in function, id that of a definition's
	// call.
	opFunction // the built-in function id
	opCall     // the definition of the name in the source; index as for opVariable
	opSeries   // sum and prod (id) over an index: the body, which begins at index, and both ends

	// A plot: run jumps over its curves; Curve runs a single one.
	opCurve // the end of the curve that begins at index and costs value steps
	opPlot  // index operands: the curves and the two ends of the range

	// Control instructions, which are not nodes.
	opBranch // to index if the top is 0; drops it
	opJump   // to index
	opTest   // before the right operand of and, or (id): to index if the left one decides
	opNext   // end of a series' body: the next round at index, which costs value steps

	// Statements.
	opDrop   // the value of the statement before
	opAssign // the top to the name in the source
	opDefine // the definition in the statement value; index is after the body
)

// instruction is one step of a program. Offset and length are the place in the source that an error
// points at; for a name, they are the name.
type instruction struct {
	value  float64
	index  uint16
	offset uint16
	length uint16
	op     opcode
	id     uint8
}

// span is a part of the source.
type span struct{ offset, length uint16 }

// in returns the text of the span.
func (s span) in(source string) string { return source[s.offset:][:s.length] }

// statement is one of the statements of a program.
type statement struct {
	kind       Kind
	name       span   // of an assignment or definition, or of the variable of a plot
	start, end uint16 // the code of its value or body
	parameters uint16 // of a definition: the first in Program.parameters
	count      uint16 // of a definition: the number of parameters
}

// Program is a parsed source. It belongs to its Calculator and is valid until the next Parse.
type Program struct {
	origin     string // what is evaluated: the source with sentences replaced
	typed      string // the source
	rewordings []rewording
	readings   []Notice // of the sentences
	code       []instruction
	statements []statement
	parameters []span
	curves     []uint16 // of a plot: the opCurve of each curve
	stack      int      // the most values on the stack
	cost       int      // steps of one run, without loops and calls
	ans        bool
	random     bool
	assigns    bool
	scope      *Scope  // of the last evaluation
	from, to   float64 // of a plot: its range, by the last evaluation
	rangeUnit  units.Unit
	valueUnit  units.Unit // of the curves, once valued
	valued     bool
	notices    []Notice
	label      span // of the last statement
	lone       span // a name that may be meant as the index of a sum
	fraction   int  // a division by a unit (dividesByUnit) whose result cannot be converted; or 0
}

// written returns the place of an instruction in the source.
func (p *Program) written(index int) string {
	in := &p.code[index]
	return span{in.offset, in.length}.in(p.origin)
}

// UsesAns reports whether the program uses the previous result, Scope.Ans.
func (p *Program) UsesAns() bool { return p.ans }

// UsesRandom reports whether the program itself uses Scope.Random. It does not look into the
// definitions that the program calls.
func (p *Program) UsesRandom() bool { return p.random }

// Assigns reports whether the program sets a variable or makes a definition.
func (p *Program) Assigns() bool { return p.assigns }

// Kind is the kind of a statement.
type Kind uint8

// The kinds of statements.
const (
	Value Kind = iota
	Assignment
	Definition
	Plot // always the last statement
)

// String returns "value", "assignment", "definition" or "plot".
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

// current returns the last statement, the one that is being parsed.
func (p *Program) current() *statement { return &p.statements[len(p.statements)-1] }

// last returns the last instruction.
func (p *Program) last() *instruction { return &p.code[len(p.code)-1] }

// Kind returns the kind of the last statement.
func (p *Program) Kind() Kind { return p.current().kind }

// Names returns the names of the scope that the program reads, calls, sets or defines, also in the
// bodies of its definitions, each once and in the order of first use. Constants, built-in
// functions, parameters and indices do not count. The strings outlive the program.
func (p *Program) Names() []string {
	var names []string
	seen := map[string]bool{}
	for i := range p.code {
		in := &p.code[i]
		switch in.op {
		case opVariable, opCall, opAssign, opDefine:
			if name := (span{in.offset, in.length}).in(p.origin); !seen[name] {
				name = strings.Clone(name)
				seen[name] = true
				names = append(names, name)
			}
		}
	}
	return names
}

// Differs reports whether a canonical form says more than the source: whether it adds or replaces
// something, such as the * of 2 pi. Leaving out spaces, comments and needless parentheses does not
// count.
func Differs(source, parsed string) bool {
	text, at := bare(source), 0
	for _, r := range bare(parsed) {
		i := strings.IndexRune(text[at:], r)
		if i < 0 {
			return true
		}
		at += i + utf8.RuneLen(r)
	}
	return false
}

// bare returns a source without spaces and comments, and with one spelling for each operator.
func bare(source string) string {
	text := make([]byte, 0, len(source))
	comment := false
	for _, r := range source {
		switch {
		case r == '\n':
			comment = false
			text = append(text, ';')
		case comment || r == '#':
			comment = true
		case r == ' ' || r == '\t' || r == '\r' || isSpace(r):
		case r == '*' && len(text) > 0 && text[len(text)-1] == '*':
			text[len(text)-1] = '^'
		case r == '×' || r == '·' || r == '⋅' || r == '∗':
			text = append(text, '*')
		case r == '÷' || r == '∕':
			text = append(text, '/')
		case r == '−':
			text = append(text, '-')
		default:
			text = utf8.AppendRune(text, r)
		}
	}
	return string(text)
}
