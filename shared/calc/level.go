package calc

// Levels of operators, as in the manual's table.
const (
	levelConvert = 1
	levelChoice  = 2
	levelNot     = 5
	levelCompare = 6
	levelBits    = 7 // and the three above it
	levelAdd     = 11
	levelProduct = 12
	levelPrefix  = 14
	levelPower   = 15
	levelPostfix = 16
	levelLeaf    = 17
	levelNever   = 18 // always in parentheses
)

// infix lists the operators of two operands.
var infix = [...]struct {
	text  string
	level uint8
}{
	opOr: {" or ", 3}, opAnd: {" and ", 4},
	opEqual: {" == ", levelCompare}, opNotEqual: {" != ", levelCompare},
	opLess: {" < ", levelCompare}, opLessEqual: {" <= ", levelCompare},
	opGreater: {" > ", levelCompare}, opGreaterEqual: {" >= ", levelCompare},
	opBitOr: {" | ", levelBits}, opBitXor: {" xor ", levelBits + 1},
	opBitAnd:    {" & ", levelBits + 2},
	opShiftLeft: {" << ", levelBits + 3}, opShiftRight: {" >> ", levelBits + 3},
	opAdd: {" + ", levelAdd}, opSubtract: {" - ", levelAdd},
	opMultiply: {"*", levelProduct}, opDivide: {"/", levelProduct},
	opModulo: {" mod ", levelProduct}, opFloorDivide: {"//", levelProduct},
	opPower: {"^", levelPower}, opExp: {"^", levelPower}, opParts: {" ", levelProduct},
	opOf: {" of ", levelProduct}, opOff: {" off ", levelProduct}, opOn: {" on ", levelProduct},
	opShare: {" as % of ", levelConvert},
}

// level returns how tightly a node binds.
func (in *instruction) level() uint8 {
	switch in.op {
	case opSelect:
		return levelChoice
	case opNot:
		return levelNot
	case opChain:
		return levelCompare
	case opNegate, opBitNot:
		return levelPrefix
	case opFactorial, opPercent:
		return levelPostfix
	case opConvert:
		return levelConvert
	}
	if in.operands() == 2 && in.op != opFunction && in.op != opCall {
		return infix[in.op].level
	}
	return levelLeaf
}

// operands returns the number of operands of a node, or -1 for an instruction that is not a node.
func (in *instruction) operands() int {
	switch in.op {
	case opNumber, opFolded, opClock, opVariable, opParameter, opIndex, opAnswer:
		return 0
	case opNegate, opNot, opBitNot, opFactorial, opPercent, opConvert, opCurve:
		return 1
	case opFunction, opPlot:
		return int(in.index)
	case opCall:
		return int(in.id)
	case opSelect, opSeries:
		return 3
	case opBranch, opJump, opTest, opNext:
		return -1
	}
	return 2
}
