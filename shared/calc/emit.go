package calc

import "math"

// emit appends an instruction and fills it in place: a composite literal would be built elsewhere
// and copied, which is slower.
func (p *parser) emit(op opcode, place span) *instruction {
	p.code = append(p.code, instruction{})
	in := &p.code[len(p.code)-1]
	in.op, in.offset, in.length = op, place.offset, place.length
	return in
}

// push appends a leaf.
func (p *parser) push(op opcode, place span) *instruction {
	p.left = len(p.code)
	p.depth++
	p.grow()
	return p.emit(op, place)
}

// wait opens a frame, in place like emit.
func (p *parser) wait(op opcode, power uint8, place span, left int) *frame {
	p.frames = append(p.frames, frame{})
	f := &p.frames[len(p.frames)-1]
	f.op, f.power = op, power
	f.offset, f.length = place.offset, place.length
	f.left, f.right = uint16(left), uint16(len(p.code))
	return f
}

// top returns the innermost frame.
func (p *parser) top() *frame { return &p.frames[len(p.frames)-1] }

// grow updates the largest depth.
func (p *parser) grow() {
	if p.depth > p.stack {
		p.stack = p.depth
	}
}

// place returns the place of the current token.
func (p *parser) place() span { return span{uint16(p.start), uint16(p.end - p.start)} }

// reduce completes the operators that bind their right operand more tightly than power.
func (p *parser) reduce(power uint8) {
	for n := len(p.frames) - 1; n >= 0 && p.frames[n].power > power; n-- {
		p.complete(&p.frames[n])
		p.frames = p.frames[:n]
	}
}

// complete emits an operator whose right operand has been read.
func (p *parser) complete(f *frame) {
	if f.kind != frameBinary {
		p.nesting--
	}
	p.left = int(f.left)
	root := len(p.code)
	switch place := (span{f.offset, f.length}); f.op {
	case opAdd, opSubtract, opMultiply, opDivide, opModulo, opFloorDivide, opPower,
		opBitOr, opBitXor, opBitAnd, opShiftLeft, opShiftRight:
		op := f.op
		if e := &p.code[f.left]; op == opPower && e.op == opNumber && e.id != noBuiltin &&
			e.value == math.E &&
			f.left+1 == f.right {
			op = opExp
		}
		p.depth--
		p.extra += int(costs[op])
		p.emit(op, place).id = f.id
		if p.code[f.left].op <= opFolded && p.code[f.right].op <= opFolded {
			if a, ok := p.known(int(f.left), int(f.right)); ok {
				if b, ok := p.known(int(f.right), root); ok {
					p.fold(calculate(op, a, b))
				}
			}
		}
	case opNegate:
		p.emit(opNegate, place)
		if a, ok := p.known(int(f.right), root); ok {
			p.fold(-a)
		}
	case opNot, opBitNot:
		p.emit(f.op, place)
	case opParts, opOf, opOff, opOn, opShare:
		p.depth--
		p.emit(f.op, place).id = f.id
	case opFunction:
		in := p.emit(opFunction, place)
		in.id, in.index = f.id, 1
		if f.kind == frameBinary {
			in.index = 2
			p.depth--
		}
		if f.jump != 0 {
			p.raise(place, float64(f.jump))
		}
	case opAnd, opOr:
		p.code[f.right-1].index = uint16(root) + 1
		p.emit(f.op, place)
	case opSelect:
		p.code[f.jump].index = uint16(root) + 1
		p.emit(opSelect, place)
	default: // a comparison
		p.depth--
		for link := f.jump; link != 0; {
			link, p.code[link].index = p.code[link].index, uint16(root)+1
		}
		p.emit(f.op, place)
	}
}

// costs are the steps of an operator beyond the first.
var costs = [...]uint8{opModulo: 8, opFloorDivide: 8, opPower: 16, opExp: 8,
	opFactorial: factorialCost}

// factorialCost is the cost of 170!.
const factorialCost = 30

// known returns the value of the operand code[begin:end] if it is known while parsing.
func (p *parser) known(begin, end int) (float64, bool) {
	switch in := &p.code[begin]; {
	case in.op == opNumber && begin+1 == end:
		return in.value, true
	case in.op == opFolded && int(in.index)+1 == end:
		return p.code[end-1].value, true
	}
	return 0, false
}

// fold makes the last operand a known value: its first instruction, a leaf, takes the value from
// its last one. The code between stays for the printer. An operand without a value is left for the
// evaluation to report.
func (p *parser) fold(value float64) {
	if value-value != 0 {
		return
	}
	root := len(p.code) - 1
	p.code[root].value = value
	p.code[p.left].op, p.code[p.left].index = opFolded, uint16(root)
}
