package calc

import (
	"unicode/utf8"

	"abacus/shared/units"
)

// Parsed returns the canonical form of the program, which shows how it was understood: with every
// product written out and the fewest parentheses. Parsing it gives the same program.
func (p *Program) Parsed() string {
	w := printer{program: p}
	for i := range p.statements {
		if i > 0 {
			w.text = append(w.text, "; "...)
		}
		w.statement(&p.statements[i])
	}
	return string(w.text)
}

// definition returns the canonical form of a single statement.
func (p *Program) definition(index int) string {
	w := printer{program: p}
	w.statement(&p.statements[index])
	return string(w.text)
}

// printer writes trees from a list of parts that are still to be written, so that a deep tree needs
// no stack.
type printer struct {
	program  *Program
	starts   []int // of the statement: by the last instruction of a node, from first on, its first
	first    int   // instruction of the statement
	todo     []part
	text     []byte
	decimals converter
	choices  bool // there are conditionals, whose colons are not those of times
}

// part is a text, or, if that is empty, the tree whose code ends at root.
type part struct {
	text  string
	root  int
	level uint8 // a tree of a lower level is put in parentheses
}

func (w *printer) statement(s *statement) {
	p := w.program
	if s.kind == Assignment || s.kind == Definition {
		w.text = append(w.text, s.name.in(p.origin)...)
		if s.kind == Definition {
			w.text = append(w.text, '(')
			for i, parameter := range p.parameters[s.parameters:][:s.count] {
				if i > 0 {
					w.text = append(w.text, ", "...)
				}
				w.text = append(w.text, parameter.in(p.origin)...)
			}
			w.text = append(w.text, ')')
		}
		w.text = append(w.text, " = "...)
	}
	w.findStarts(int(s.start), int(s.end))
	w.tree(int(s.end) - 1)
}

// tree writes the tree whose code ends at root.
func (w *printer) tree(root int) {
	w.todo = append(w.todo, part{root: root})
	for n := len(w.todo); n > 0; n = len(w.todo) {
		next := w.todo[n-1]
		w.todo = w.todo[:n-1]
		if next.text != "" {
			w.text = append(w.text, next.text...)
			continue
		}
		w.node(next)
	}
}

// findStarts finds the first instruction of every node in code[start:end].
func (w *printer) findStarts(start, end int) {
	if w.first = start; cap(w.starts) < end-start {
		w.starts = make([]int, end-start)
	}
	w.starts = w.starts[:end-start]
	var begins []int
	for i := start; i < end; i++ {
		n := w.program.code[i].operands()
		if n < 0 {
			continue
		}
		begin := i
		if n > 0 {
			begin = begins[len(begins)-n]
		}
		begins = append(begins[:len(begins)-n], begin)
		w.choices = w.choices || w.program.code[i].op == opSelect
		w.starts[i-start] = begin
	}
}

// start returns the first instruction of the node at root.
func (w *printer) start(root int) int { return w.starts[root-w.first] }

// previous returns the root of the node before the node at root.
func (w *printer) previous(root int) int {
	root = w.start(root) - 1
	for w.program.code[root].operands() < 0 {
		root--
	}
	return root
}

// node writes a leaf, or adds the parts of a node to the list, the last one first.
func (w *printer) node(next part) {
	code, source := w.program.code, w.program.origin
	in := &code[next.root]
	if in.level() < next.level {
		w.add(")")
		w.operand(next.root, 0)
		w.add("(")
		return
	}
	switch in.op {
	case opNumber, opFolded:
		if in.id != noBuiltin {
			w.text = append(w.text, builtins[in.id].name...)
		} else {
			w.text = w.decimals.append(w.text, in.value, 0)
		}
	case opClock:
		text := inClock(in.value)
		if w.choices {
			text = "(" + text + ")"
		}
		w.text = append(w.text, text...)
	case opVariable, opParameter, opIndex:
		w.text = append(w.text, w.name(next.root)...)
	case opAnswer:
		w.text = append(w.text, "ans"...)
	case opNegate:
		w.operand(next.root-1, levelPrefix)
		w.add("-")
	case opBitNot:
		w.operand(next.root-1, levelPrefix)
		w.add("~")
	case opNot:
		w.operand(next.root-1, levelNot)
		w.add("not ")
	case opFactorial:
		w.add("!")
		if code[next.root-1].op == opFactorial {
			w.operand(next.root-1, levelNever)
		} else {
			w.operand(next.root-1, levelPostfix)
		}
	case opPercent:
		w.add("%")
		w.operand(next.root-1, levelPostfix)
	case opConvert:
		text := squeeze(w.program.written(next.root))
		w.add(text)
		if text == "in" || w.endsInNumber(next.root-1) && isLength(text) {
			w.add(" to ") // 5 in cm is 5 inches, 5 in in in is not a conversion
		} else {
			w.add(" in ")
		}
		w.operand(next.root-1, levelConvert)
	case opSelect:
		second := next.root - 1
		first := w.previous(second)
		w.operand(second, levelChoice)
		w.add(" : ")
		w.operand(first, levelChoice)
		w.add(" ? ")
		w.operand(w.previous(first), levelChoice+1)
	case opFunction:
		w.arguments(builtins[in.id].name, next.root, int(in.index))
	case opCall:
		w.arguments(span{in.offset, in.length}.in(source), next.root, int(in.id))
	case opSeries:
		last := next.root - 1
		first := w.previous(last)
		at := w.start(first) - 1
		for code[at].op != opNext { // which ends the body; a series in the range begins with a jump
			at--
		}
		index := &code[at]
		w.add(")")
		if in.id != idDerivative {
			w.operand(last, 0)
			w.add(", ")
		}
		w.operand(first, 0)
		w.add(" = ")
		w.add(span{index.offset, index.length}.in(source))
		w.add(", ")
		w.operand(w.previous(first), 0)
		w.add("(")
		w.add(builtins[in.id].name)
	case opCurve:
		w.operand(next.root-1, 0)
	case opPlot:
		last := next.root - 1
		first := w.previous(last)
		w.add(")")
		w.operand(last, 0)
		w.add(", ")
		w.operand(first, 0)
		w.add(" = ")
		w.add(w.program.variable())
		for i := len(w.program.curves) - 1; i >= 0; i-- {
			w.add(", ")
			w.operand(int(w.program.curves[i]), 0)
		}
		w.add("plot(")
	default:
		w.infix(in, next.root)
	}
}

// name returns a variable or unit as it is written, USD for $.
func (w *printer) name(root int) string {
	name := prime(w.program.written(root))
	if name[0] == '$' || name[0] >= utf8.RuneSelf {
		if u, isUnit := units.Lookup(name); isUnit && u.IsCurrency() {
			name = u.String()
		}
	}
	return name
}

// prime returns the name of a unit, with the primes of typography: ″ for ".
func prime(name string) string {
	switch name {
	case "'":
		return "′"
	case "\"":
		return "″"
	}
	return name
}

// infix writes an operator between its operands.
func (w *printer) infix(in *instruction, root int) {
	op := in.op
	if op == opChain {
		op = opcode(in.id)
	}
	level := infix[op].level
	left, right := level, level+1
	second := root - 1
	first := w.previous(second)
	switch {
	case op == opPower || op == opExp:
		left, right = levelPostfix, levelPrefix
	case level == levelCompare && w.program.code[first].op != opChain:
		left++ // (a < b) < c is not the chain a < b < c
	case op == opParts, op >= opOf && op <= opOn && w.withUnit(second):
		right = levelProduct
	case w.withUnit(root):
		if !w.withUnit(first) {
			left++ // (1/2) m is not 1/2 m
		}
		if w.joins(w.last(first), w.start(second)) {
			left = levelNever
		}
	}
	if w.withUnit(root) && w.program.written(second) == "in" && !w.endsInNumber(first) {
		w.add("inch") // after all but a number, in converts
	} else {
		w.operand(second, right)
	}
	switch {
	case w.timesName(root, first, second): // 80x40
		if w.program.code[first].value == 0 {
			w.add(" ") // 0x40 is hexadecimal
		}
	case !w.withUnit(root):
		w.add(infix[op].text)
	case !isDegree(w.program.written(second)):
		w.add(" ")
	}
	w.operand(first, left)
}

// joins reports whether a unit after the token of an instruction means something else, as in 5% m,
// 2:30 h, 5 in cm and sq USD.
func (w *printer) joins(last, unit int) bool {
	switch w.program.code[last].op {
	case opPercent, opClock:
		return true
	case opVariable:
		name := w.name(last)
		return name == "in" || units.Phrase(name+" "+w.name(unit)) > len(name)
	}
	return false
}

// withUnit reports whether a node is a value with its unit, 5 km, which is written without a *.
func (w *printer) withUnit(root int) bool {
	in := &w.program.code[root]
	return in.op == opMultiply && in.id == 1 && w.isUnit(root-1)
}

// isUnit reports whether a node is the name of a unit or a power of one, such as the km of 5 km.
func (w *printer) isUnit(root int) bool {
	code := w.program.code
	if code[root].op == opPower {
		root = w.start(root)
	}
	in := &code[root]
	if in.op != opVariable {
		return false
	}
	name := w.program.written(root)
	if w.program.scope != nil {
		if _, found := w.program.scope.find(name); found {
			return false
		}
	}
	_, isUnit := units.Lookup(name)
	return isUnit
}

// endsInNumber reports whether the last token of a node is a number.
func (w *printer) endsInNumber(root int) bool {
	in := &w.program.code[w.last(root)]
	return (in.op == opNumber || in.op == opFolded) && in.id == noBuiltin
}

// last returns the root of the last operand of prefixes, operators and conditionals.
func (w *printer) last(root int) int {
	for {
		in := &w.program.code[root]
		if in.level() >= levelPostfix || in.op == opConvert {
			return root
		}
		root--
	}
}

// isDegree reports whether a unit follows its number without a space.
func isDegree(unit string) bool {
	switch unit {
	case "°", "′", "″", "'", "\"":
		return true
	}
	return false
}

// squeeze returns a text with a single space for every run of blanks.
func squeeze(text string) string {
	var squeezed []byte
	for rest := trimBlank(text); rest != ""; {
		end := blank(rest)
		if squeezed = append(squeezed, rest[:end]...); end == len(rest) {
			break
		}
		squeezed, rest = append(squeezed, ' '), trimBlank(rest[end:])
	}
	return string(squeezed)
}

func isBlank(r rune) bool { return r == ' ' || r == '\t' || r == '\r' || isSpace(r) }

// arguments writes a call with its arguments.
func (w *printer) arguments(name string, root, count int) {
	w.add(")")
	for argument := root - 1; count > 0; count-- {
		w.operand(argument, 0)
		if count > 1 {
			w.add(", ")
			argument = w.previous(argument)
		}
	}
	w.add("(")
	w.add(name)
}

func (w *printer) add(text string) { w.todo = append(w.todo, part{text: text}) }

func (w *printer) operand(root int, level uint8) {
	w.todo = append(w.todo, part{root: root, level: level})
}
