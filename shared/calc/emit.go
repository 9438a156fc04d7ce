package calc

// emit appends an instruction.
func (p *parser) emit(op opcode, place span) {
	p.code = append(p.code, instruction{op: op, offset: place.offset, length: place.length})
}

// push appends a leaf.
func (p *parser) push(in instruction) {
	p.code = append(p.code, in)
	p.depth++
	p.grow()
}

// grow keeps the largest depth.
func (p *parser) grow() {
	if p.depth > p.stack {
		p.stack = p.depth
	}
}

// place is that of the present token.
func (p *parser) place() span { return span{uint16(p.start), uint16(p.end - p.start)} }

// reduce completes the operators that hold their right operand tighter than the power.
func (p *parser) reduce(power uint8) {
	for n := len(p.frames) - 1; n >= 0 && p.frames[n].power > power; n-- {
		p.complete(&p.frames[n])
		p.frames = p.frames[:n]
	}
}

// complete emits an operator whose right operand is complete.
func (p *parser) complete(f *frame) {
	if f.nests {
		p.nesting--
	}
	p.left = int(f.left)
	root := len(p.code)
	in := instruction{op: f.op, offset: f.offset, length: f.length}
	switch f.op {
	case opAdd, opSubtract:
		if p.relative(int(f.right)) {
			in.op += opAddPercent - opAdd
		}
		fallthrough
	case opMultiply, opDivide, opModulo, opFloorDivide, opPower:
		p.depth--
		p.extra += int(costs[in.op])
		p.code = append(p.code, in)
		if a, ok := p.known(int(f.left), int(f.right)); ok {
			if b, ok := p.known(int(f.right), root); ok {
				p.fold(calculate(f.op, a, b))
			}
		}
		return
	case opNegate:
		p.code = append(p.code, in)
		if a, ok := p.known(int(f.right), root); ok {
			p.fold(-a)
		}
		return
	case opFunction:
		in.id, in.index = idSqrt, 1
	case opAnd, opOr:
		p.code[f.right-1].index = uint16(root) + 1
	case opReturn: // the second choice of a conditional
		in.op = opSelect
		p.code[f.jump].index = uint16(root) + 1
	case opNot:
	default: // a comparison
		p.depth--
		for link := f.jump; link != 0; {
			link, p.code[link].index = p.code[link].index, uint16(root)+1
		}
	}
	p.code = append(p.code, in)
}

// costs are the steps of operators beyond one.
var costs = [...]uint8{opModulo: 8, opFloorDivide: 8, opPower: 16, opOr: 0}

// known gives the value of code[begin:end] if it is one operand known already.
func (p *parser) known(begin, end int) (float64, bool) {
	switch in := &p.code[begin]; {
	case in.op == opNumber && begin+1 == end:
		return in.value, true
	case in.op == opFolded && int(in.index)+1 == end:
		return p.code[end-1].value, true
	}
	return 0, false
}

// fold makes the last operand a known value: its first instruction, a leaf, takes it from the last one. The code
// between stays, for Parsed. What has no value is left for the evaluation to report.
func (p *parser) fold(value float64) {
	if value-value != 0 {
		return
	}
	root := len(p.code) - 1
	p.code[root].value = value
	p.code[p.left].op, p.code[p.left].index = opFolded, uint16(root)
}

// relative reports whether the code from begin on is literally a signed percentage, as in 100 + -10%, and if it is,
// leaves the division by 100 to the operator.
func (p *parser) relative(begin int) bool {
	root := len(p.code) - 1
	for root > begin && p.code[root].op == opNegate && p.code[root].id == 0 {
		root--
	}
	if p.code[root].op != opPercent || p.code[root].id != 0 {
		return false
	}
	p.code[root].op = opPercentOf
	return true
}
